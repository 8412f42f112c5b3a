import type { LogEvent, Notice, NoticeSeverity } from '@perista/protocol/api';

/** A notice that a channel is owed, as far as whoever receives it can tell it from others. */
export interface OwedNotice {
  readonly id: string;
  readonly status: Notice['status'];
  readonly severity: NoticeSeverity;
  /** It may have been over before anybody had to know. */
  readonly isHeld: boolean;
}

type Meaning =
  | { readonly severity: NoticeSeverity; readonly key?: string; readonly isHeld?: boolean }
  | { readonly over: string };

const isPlanned = ({ data }: LogEvent): boolean => data.cause === 'schedule';

/** Of which events people hear, by the documents; all others are told to nobody. */
function meaningOf(event: LogEvent): Meaning | null {
  const { kind, pump_id: pumpId, data } = event;
  switch (kind) {
    case 'dose_missed':
    case 'dose_skipped':
      return { severity: 'warning' };
    case 'dose_refused':
      return isPlanned(event) ? { severity: 'warning' } : null;
    case 'dose_late':
      return { severity: 'info' };
    case 'dose_settled':
      if (data.state === 'uncertain') return { severity: 'alarm' };
      return data.state === 'partial' && data.cause !== 'prime' ? { severity: 'warning' } : null;
    case 'pump_fault':
      return { severity: 'alarm', key: `fault of ${pumpId}` };
    case 'pump_released':
      return { over: `fault of ${pumpId}` };
    case 'emergency_stop':
      return { severity: 'alarm', key: 'stop' };
    case 'emergency_stop_released':
      return { over: 'stop' };
    case 'clock_untrusted':
      return { severity: 'alarm', key: 'clock' };
    case 'clock_trusted':
      return { over: 'clock' };
    case 'agent_lost':
      return { severity: 'alarm', key: 'agent', isHeld: true };
    case 'agent_connected':
      return { over: 'agent' };
    case 'calibration_due':
      return { severity: 'warning' };
    default:
      return null;
  }
}

/** Keys under which the books keep what goes on. */
const KEYS: Readonly<Record<string, (rest: string) => string>> = {
  PeristaPumpFault: (pumpId) => `fault of ${pumpId}`,
  PeristaEmergencyStop: () => 'stop',
  PeristaClockUntrusted: () => 'clock',
  PeristaAgentLost: () => 'agent',
};

/** Which notices follow from what happened: each thing once, and once more when it is over. */
export class NoticeModel {
  readonly #going = new Map<string, OwedNotice>();

  /** What goes on by the books. */
  begin(going: Readonly<Record<string, Notice>>): void {
    this.#going.clear();
    for (const [alertKey, { id, severity }] of Object.entries(going)) {
      const [alert = '', rest = ''] = alertKey.split(':');
      const key = KEYS[alert]?.(rest);
      if (key !== undefined)
        this.#going.set(key, { id, status: 'begun', severity, isHeld: alert === 'PeristaAgentLost' });
    }
  }

  /** The notice of an event, or null. */
  hear(event: LogEvent): OwedNotice | null {
    const meaning = meaningOf(event);
    if (meaning === null) return null;
    if ('over' in meaning) {
      const begun = this.#going.get(meaning.over);
      this.#going.delete(meaning.over);
      return begun === undefined ? null : { ...begun, status: 'over' };
    }
    const { severity, key, isHeld = false } = meaning;
    const status = key === undefined ? 'once' : 'begun';
    const notice: OwedNotice = { id: `doser-${event.seq}`, status, severity, isHeld };
    if (key === undefined) return notice;
    if (this.#going.has(key)) return null;
    this.#going.set(key, notice);
    return notice;
  }
}

const RANKS: Readonly<Record<string, number>> = { info: 0, warning: 1, alarm: 2 };

/** Whether a channel that tells `least` and worse tells it. */
export const isTold = ({ severity }: Pick<OwedNotice, 'severity'>, least: string): boolean =>
  (RANKS[severity] ?? 0) >= (RANKS[least] ?? 0);
