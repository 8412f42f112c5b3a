import type { LogEvent, Pump } from '../api/index.ts';

/** Ends of a dose, by the state in which it ended. */
const DOSE_ENDS: Readonly<Record<string, string>> = {
  done: 'dosing_complete',
  partial: 'dosing_partial',
  uncertain: 'dosing_uncertain',
  cancelled: 'dosing_cancelled',
  refused: 'dosing_refused',
  missed: 'dosing_missed',
  skipped: 'dosing_skipped',
};

/** What is told over MQTT of the event log, under its name there. All else, such as who logs in, is told to nobody. */
const EVENT_NAMES: Readonly<Record<string, string>> = {
  dose_started: 'dosing_started',
  dose_late: 'dosing_late',
  dose_missed: 'dosing_missed',
  dose_skipped: 'dosing_skipped',
  dose_refused: 'dosing_refused',
  pump_fault: 'pump_fault',
  pump_released: 'pump_released',
  pump_stopped: 'pump_stopped',
  pump_calibrated: 'pump_calibrated',
  calibration_due: 'calibration_due',
  input_tripped: 'input_tripped',
  input_cleared: 'input_cleared',
  container_low: 'container_low',
  container_empty: 'container_empty',
  container_refilled: 'container_refilled',
  emergency_stop: 'emergency_stop',
  emergency_stop_released: 'emergency_stop_released',
  clock_untrusted: 'clock_untrusted',
  clock_trusted: 'clock_trusted',
  agent_lost: 'agent_lost',
  agent_connected: 'agent_connected',
};

/** Keys of an event that go along, all in the units of their names. */
const TOLD_KEYS = [
  'cause',
  'volume_ml',
  'requested_ml',
  'delivered_ml',
  'lo_ml',
  'hi_ml',
  'duration_s',
  'late_s',
  'code',
  'reason',
] as const;

/** On `<doser>/events`. */
export interface EventMessage {
  readonly event: string;
  readonly 'pump-id': string | null;
  /** Place in the event log; what was taken twice has the same. */
  readonly seq: number;
  readonly at: string;
  readonly dose_id: string | null;
  readonly [key: string]: unknown;
}

/** On `<doser>/errors`. */
export interface ErrorMessage {
  readonly code: string;
  readonly msg: string;
  readonly 'pump-id': string | null;
  readonly [key: string]: unknown;
}

/** Answer to an order, on `<doser>/stat/<pump>/result` and on the topic that the order asks for. */
export interface ResultMessage {
  readonly id: string | null;
  readonly result: 'accepted' | 'queued' | 'refused' | 'stopped';
  readonly dose_id: string | null;
  readonly 'pump-id': string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

/** An event as others are told of it; null: they are not. */
export function eventMessage({ kind, seq, at, pump_id, dose_id, data }: LogEvent): EventMessage | null {
  const event = kind === 'dose_settled' ? DOSE_ENDS[String(data.state)] : EVENT_NAMES[kind];
  if (event === undefined) return null;
  const told = TOLD_KEYS.filter((key) => data[key] !== undefined && data[key] !== null);
  return { event, 'pump-id': pump_id, seq, at, dose_id, ...Object.fromEntries(told.map((key) => [key, data[key]])) };
}

/** The error that an event tells of, if it has a code. */
export function errorMessage(event: LogEvent): ErrorMessage | null {
  const { severity, seq, at, pump_id, dose_id, data } = event;
  const { code } = data;
  if (severity === 'info' || typeof code !== 'string' || eventMessage(event) === null) return null;
  return { code, msg: String(data.reason ?? data.message ?? ''), 'pump-id': pump_id, seq, at, dose_id };
}

/** On `<doser>/stat/<pump>/status`: what the pump is at, and why it would not dose. Volumes in ml, times in s. */
export function statusMessage(pump: Pump, progress: NonNullable<Pump['current_dose']>['progress']) {
  const dose = pump.current_dose;
  const now = progress ?? dose?.progress ?? null;
  return {
    state: pump.state,
    dose_id: dose?.dose_id ?? null,
    volume_ml: dose?.requested_ml ?? null,
    delivered_ml: now?.delivered_ml ?? null,
    remaining_s: now?.remaining_s ?? null,
    queued: pump.queued,
    dosed_today_ml: pump.dosed_ml.day,
    level_ml: pump.container.level_ml,
    next_dose_at: pump.next_dose_at,
    blocked_by: pump.blocked_by,
    fault: pump.fault,
  };
}
