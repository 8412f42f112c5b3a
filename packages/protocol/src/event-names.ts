import type { LogEvent } from './api/index.ts';
import type { RemoteEventType } from './remote-log/remote-event.ts';

interface EventNames {
  readonly mqtt: string;
  readonly homeAssistant: string;
  /** Of a dose that was given whole it depends on who asked for it. */
  readonly remote?: RemoteEventType;
  /** It concerns no single pump. */
  readonly ofUnit?: true;
}

/** What others call an event of the event log; a dose that ended goes by the state in which it did. All else is told to nobody. */
const EVENT_NAMES: Readonly<Record<string, EventNames>> = {
  dose_started: { mqtt: 'dosing_started', homeAssistant: 'dose_started' },
  'dose_settled done': { mqtt: 'dosing_complete', homeAssistant: 'dose_completed', remote: 'DOSE_EXECUTED' },
  'dose_settled partial': { mqtt: 'dosing_partial', homeAssistant: 'dose_partial', remote: 'DOSE_PARTIAL' },
  'dose_settled uncertain': { mqtt: 'dosing_uncertain', homeAssistant: 'dose_uncertain', remote: 'DOSE_UNCERTAIN' },
  'dose_settled cancelled': { mqtt: 'dosing_cancelled', homeAssistant: 'dose_cancelled', remote: 'DOSE_SKIPPED' },
  'dose_settled refused': { mqtt: 'dosing_refused', homeAssistant: 'dose_refused', remote: 'DOSE_REFUSED' },
  'dose_settled missed': { mqtt: 'dosing_missed', homeAssistant: 'dose_missed', remote: 'DOSE_MISSED' },
  'dose_settled skipped': { mqtt: 'dosing_skipped', homeAssistant: 'dose_skipped', remote: 'DOSE_SKIPPED' },
  dose_late: { mqtt: 'dosing_late', homeAssistant: 'dose_late' },
  dose_missed: { mqtt: 'dosing_missed', homeAssistant: 'dose_missed', remote: 'DOSE_MISSED' },
  dose_skipped: { mqtt: 'dosing_skipped', homeAssistant: 'dose_skipped', remote: 'DOSE_SKIPPED' },
  dose_refused: { mqtt: 'dosing_refused', homeAssistant: 'dose_refused', remote: 'DOSE_REFUSED' },
  pump_fault: { mqtt: 'pump_fault', homeAssistant: 'pump_fault', remote: 'PUMP_FAULT' },
  pump_released: { mqtt: 'pump_released', homeAssistant: 'pump_released' },
  pump_stopped: { mqtt: 'pump_stopped', homeAssistant: 'pump_stopped' },
  pump_calibrated: { mqtt: 'pump_calibrated', homeAssistant: 'pump_calibrated', remote: 'CALIBRATION' },
  calibration_due: { mqtt: 'calibration_due', homeAssistant: 'calibration_due' },
  input_tripped: { mqtt: 'input_tripped', homeAssistant: 'input_tripped' },
  input_cleared: { mqtt: 'input_cleared', homeAssistant: 'input_cleared' },
  container_low: { mqtt: 'container_low', homeAssistant: 'container_low', remote: 'CONTAINER_LOW' },
  container_empty: { mqtt: 'container_empty', homeAssistant: 'container_empty', remote: 'CONTAINER_EMPTY' },
  container_refilled: { mqtt: 'container_refilled', homeAssistant: 'container_refilled', remote: 'CONTAINER_REFILLED' },
  emergency_stop: { mqtt: 'emergency_stop', homeAssistant: 'emergency_stop', remote: 'EMERGENCY_STOP', ofUnit: true },
  emergency_stop_released: { mqtt: 'emergency_stop_released', homeAssistant: 'emergency_stop_released', ofUnit: true },
  clock_untrusted: {
    mqtt: 'clock_untrusted',
    homeAssistant: 'clock_untrusted',
    remote: 'CLOCK_UNTRUSTED',
    ofUnit: true,
  },
  clock_trusted: { mqtt: 'clock_trusted', homeAssistant: 'clock_trusted', ofUnit: true },
  agent_lost: { mqtt: 'agent_lost', homeAssistant: 'agent_lost', ofUnit: true },
  agent_connected: { mqtt: 'agent_connected', homeAssistant: 'agent_connected', ofUnit: true },
};

/** What others call an event; undefined if it is none of their business. */
export const eventNames = ({ kind, data }: Pick<LogEvent, 'kind' | 'data'>): EventNames | undefined =>
  EVENT_NAMES[kind === 'dose_settled' ? `${kind} ${String(data.state)}` : kind];

/** Names in Home Assistant of all that happens to a pump, or to the unit as a whole. */
export function homeAssistantEvents(of: 'pump' | 'unit'): string[] {
  const names = Object.values(EVENT_NAMES).filter(({ ofUnit = false }) => ofUnit === (of === 'unit'));
  return [...new Set(names.map(({ homeAssistant }) => homeAssistant))];
}
