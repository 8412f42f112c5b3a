import type { LogEvent, NoticeSeverity, NoticeSubject } from '@perista/protocol/api';

/** What an event means to somebody who is not looking. */
export interface Told {
  readonly alert: string;
  readonly subject: NoticeSubject;
  readonly severity: NoticeSeverity;
  /** What begins under a key stays true until something is over under it; what has none is told once. */
  readonly key?: string;
  /** It is told only if it is still true so much later, ms. */
  readonly heldMs?: number;
  readonly containerId?: string;
  readonly deviceId?: string;
  readonly title: string;
  readonly text: string;
}

/** The end of what began under these keys. */
export interface Over {
  readonly over: readonly string[];
}

/** What the event alone does not tell. */
export interface UnitSight {
  readonly containerState: (containerId: string) => 'ok' | 'low' | 'empty' | null;
}

type Teller = (event: LogEvent, sight: UnitSight) => Told | Over | null;

/** An agent that is started again is back within seconds. */
const AGENT_HELD_MS = 30_000;

const word = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const ml = (value: unknown): string => `${Number(Number(value).toPrecision(4))} ml`;
const pumpOf = ({ pump_id }: LogEvent): string => `pump ${pump_id ?? '?'}`;
const reasonOf = ({ data }: LogEvent): string => word(data.reason ?? data.message);

const plannedDose =
  (alert: string, what: string): Teller =>
  (event) => ({
    ...{ alert, subject: 'dose', severity: 'warning' },
    title: `A planned dose of ${pumpOf(event)} was ${what}`,
    text: `${ml(event.data.volume_ml ?? event.data.requested_ml)}. ${reasonOf(event)}`.trim(),
  });

/** Whoever orders a dose by hand is told at once that it is refused. */
const isPlanned = ({ data }: LogEvent): boolean => data.cause === 'schedule';

const settled: Teller = (event) => {
  const { state, cause, requested_ml, lo_ml, hi_ml } = event.data;
  const range = `Between ${ml(lo_ml)} and ${ml(hi_ml)} of ${ml(requested_ml)} were given. ${reasonOf(event)}`;
  if (state === 'uncertain') {
    const title = `Of a dose of ${pumpOf(event)} only a range is known`;
    return { alert: 'PeristaDoseUncertain', subject: 'dose', severity: 'alarm', title, text: range };
  }
  if (state !== 'partial' || cause === 'prime') return null;
  const title = `A dose of ${pumpOf(event)} ended before its volume`;
  return { alert: 'PeristaDosePartial', subject: 'dose', severity: 'warning', title, text: range };
};

const container =
  (alert: string, severity: NoticeSeverity, title: (of: string) => string): Teller =>
  ({ data }) => ({
    ...{ alert, subject: 'container', severity },
    key: `${alert}:${word(data.container_id)}`,
    containerId: word(data.container_id),
    title: title(word(data.container_id)),
    text: `${ml(data.level_ml)} of ${ml(data.capacity_ml)} are left of ${word(data.product)}.`,
  });

const refilled: Teller = ({ data }, { containerState }) => {
  const id = word(data.container_id);
  const state = containerState(id);
  if (state === 'empty') return null;
  const empty = `PeristaContainerEmpty:${id}`;
  return { over: state === 'low' ? [empty] : [empty, `PeristaContainerLow:${id}`] };
};

/** A device that is seen again within seconds is worth no notice. */
const OFFLINE_HELD_MS = 30_000;

const deviceAlarm: Teller = ({ data }) => {
  const [id, kind] = [word(data.device_id), word(data.alarm)];
  const name = kind.replace(/^device-/, '').replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    ...{
      alert: `PeristaDevice${name}`,
      subject: 'device',
      severity: 'alarm',
      key: `PeristaDevice:${word(data.alarm_id)}`,
    },
    ...(kind === 'offline' && { heldMs: OFFLINE_HELD_MS }),
    deviceId: id,
    title: `Device ${id} has an alarm${data.code === null ? '' : ` (${word(data.code)})`}`,
    text: word(data.message),
  };
};

/** Kinds of events of which somebody wants to hear; all others are for who reads the log. */
export const NOTICES: Readonly<Record<string, Teller>> = {
  dose_missed: plannedDose('PeristaDoseMissed', 'missed'),
  dose_skipped: plannedDose('PeristaDoseSkipped', 'skipped'),
  dose_refused: (event, sight) =>
    isPlanned(event) ? plannedDose('PeristaDoseRefused', 'refused')(event, sight) : null,
  dose_late: (event) => ({
    ...{ alert: 'PeristaDoseLate', subject: 'dose', severity: 'info' },
    title: `A planned dose of ${pumpOf(event)} came late`,
    text: `${ml(event.data.volume_ml)}, ${Math.round(Number(event.data.late_s))} s after its time.`,
  }),
  dose_settled: settled,
  pump_fault: (event) => ({
    ...{ alert: 'PeristaPumpFault', subject: 'pump', severity: 'alarm', key: `PeristaPumpFault:${event.pump_id}` },
    title: `Pump ${event.pump_id} has a fault and does not dose (${word(event.data.code)})`,
    text: reasonOf(event),
  }),
  pump_released: ({ pump_id }) => ({ over: [`PeristaPumpFault:${pump_id}`] }),
  pump_removed: ({ pump_id }) => ({ over: [`PeristaPumpFault:${pump_id}`, `PeristaInputTripped:${pump_id}`] }),
  input_tripped: (event) => ({
    ...{ alert: 'PeristaInputTripped', subject: 'input', severity: 'alarm' },
    key: `PeristaInputTripped:${event.pump_id}`,
    title: `An input keeps pump ${event.pump_id} from dosing (${word(event.data.code)})`,
    text: reasonOf(event),
  }),
  input_cleared: ({ pump_id }) => ({ over: [`PeristaInputTripped:${pump_id}`] }),
  container_low: container('PeristaContainerLow', 'warning', (of) => `Container ${of} is low`),
  container_empty: container('PeristaContainerEmpty', 'alarm', (of) => `Container ${of} is empty; it doses nothing`),
  container_refilled: refilled,
  container_measured: refilled,
  container_changed: refilled,
  container_removed: refilled,
  emergency_stop: (event) => ({
    ...{ alert: 'PeristaEmergencyStop', subject: 'stop', severity: 'alarm', key: 'PeristaEmergencyStop' },
    title: 'The emergency stop is latched: no pump moves',
    text: `By ${event.actor ?? 'the unit'}. ${reasonOf(event)}`.trim(),
  }),
  emergency_stop_released: () => ({ over: ['PeristaEmergencyStop'] }),
  agent_lost: (event) => ({
    ...{ alert: 'PeristaAgentLost', subject: 'agent', severity: 'alarm', key: 'PeristaAgentLost' },
    heldMs: AGENT_HELD_MS,
    title: 'The agent is lost: no pump can move',
    text: reasonOf(event),
  }),
  agent_connected: () => ({ over: ['PeristaAgentLost'] }),
  clock_untrusted: (event) => ({
    ...{ alert: 'PeristaClockUntrusted', subject: 'clock', severity: 'alarm', key: 'PeristaClockUntrusted' },
    title: 'The clock cannot be trusted: nothing is dosed by the calendar',
    text: reasonOf(event),
  }),
  clock_trusted: () => ({ over: ['PeristaClockUntrusted'] }),
  calibration_due: (event) => ({
    ...{ alert: 'PeristaCalibrationDue', subject: 'calibration', severity: 'warning' },
    title: `Pump ${event.pump_id} is due for calibration`,
    text: reasonOf(event),
  }),
  unit_image_failed: (event) => ({
    ...{ alert: 'PeristaMemoryFailed', subject: 'memory', severity: 'warning', key: 'PeristaMemoryFailed' },
    title: 'The memory of the dosing unit cannot be written',
    text: reasonOf(event),
  }),
  unit_image_recovered: () => ({ over: ['PeristaMemoryFailed'] }),
  unit_image_damaged: () => ({
    ...{ alert: 'PeristaMemoryDamaged', subject: 'memory', severity: 'alarm' },
    title: 'Records in the memory of the dosing unit are damaged',
    text: 'Plans may have come back incomplete; look at them.',
  }),
  device_alarm: deviceAlarm,
  device_alarm_over: ({ data }) => ({ over: [`PeristaDevice:${word(data.alarm_id)}`] }),
  unit_image_taken_over: () => ({
    ...{ alert: 'PeristaPlanTakenOver', subject: 'memory', severity: 'alarm' },
    title: 'Plans came back from the memory of the dosing unit and wait for somebody to confirm them',
    text: 'The database was lost. Nothing is dosed by these plans until they are confirmed.',
  }),
};
