import type { LogEvent, Pump } from '../api/index.ts';
import { eventNames } from '../event-names.ts';
import type { UnitState } from '../live/events.ts';

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
  /** Its name in Home Assistant. */
  readonly event_type: string;
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
  /** What an answer is about that is to no dose and no stop. */
  readonly setting?: 'volume' | 'schedule' | 'daily-limit';
}

/** An event as others are told of it; null: they are not. */
export function eventMessage({ kind, seq, at, pump_id, dose_id, data }: LogEvent): EventMessage | null {
  const names = eventNames({ kind, data });
  if (names === undefined) return null;
  const told = TOLD_KEYS.filter((key) => data[key] !== undefined && data[key] !== null);
  return {
    ...{ event: names.mqtt, event_type: names.homeAssistant, 'pump-id': pump_id, seq, at, dose_id },
    ...Object.fromEntries(told.map((key) => [key, data[key]])),
  };
}

/** The error that an event tells of, if it has a code. */
export function errorMessage(event: LogEvent): ErrorMessage | null {
  const { severity, seq, at, pump_id, dose_id, data } = event;
  const { code } = data;
  if (severity === 'info' || typeof code !== 'string' || eventMessage(event) === null) return null;
  return { code, msg: String(data.reason ?? data.message ?? ''), 'pump-id': pump_id, seq, at, dose_id };
}

/** On `<doser>/stat/<pump>/status`: what the pump is at, and why it would not dose. Volumes in ml, times in s. */
export function statusMessage(pump: Pump, progress: NonNullable<Pump['current_dose']>['progress'], todayMl: number) {
  const { current_dose: dose, last_dose: last, container } = pump;
  const now = progress ?? dose?.progress ?? null;
  return {
    state: pump.state,
    dose_id: dose?.dose_id ?? null,
    volume_ml: dose?.requested_ml ?? null,
    delivered_ml: now?.delivered_ml ?? null,
    remaining_s: now?.remaining_s ?? null,
    rate_ml_min: rateOf(dose),
    queued: pump.queued,
    dosed_today_ml: todayMl,
    level_ml: container.level_ml,
    days_left: container.days_left,
    next_dose_at: pump.next_dose_at,
    last_dose: last && {
      ...{ ended_at: last.ended_at, state: last.state, cause: last.cause },
      ...{ requested_ml: last.requested_ml, delivered_ml: last.delivered_ml, reason: last.reason },
    },
    blocked_by: pump.blocked_by,
    fault: pump.fault,
  };
}

/** What a dose that runs was planned to give in a minute; 0 if none runs. */
const rateOf = (dose: Pump['current_dose']): number =>
  dose?.state === 'running' && dose.duration_s !== null ? (dose.requested_ml / dose.duration_s) * 60 : 0;

/** On `<doser>/status`: the unit as a whole. */
export const unitMessage = ({ emergency_stop, health, agent }: UnitState) => ({
  emergency_stop: emergency_stop.latched,
  health: health.status,
  reasons: health.reasons,
  agent: agent ? 'connected' : 'lost',
});
