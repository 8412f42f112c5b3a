import type { MissedPolicy } from '@perista/core';
import type { ScheduleRule } from '@perista/protocol/api';

/** What a person says of a schedule, complete and checked. */
export interface ScheduleSettings {
  readonly pumpId: string;
  readonly rule: ScheduleRule;
  /** Of a dose; of windows that of its largest, ml. */
  readonly volumeMl: number;
  readonly durationS: number | null;
  readonly enabled: boolean;
  readonly toleranceS: number;
  readonly missedPolicy: MissedPolicy;
  /** IANA zone. */
  readonly timezone: string;
  /** First day, such as 2027-03-28, on which it doses again. */
  readonly pausedUntil: string | null;
}

/** A schedule as it is kept. Instants are ms since 1970. */
export interface StoredSchedule extends ScheduleSettings {
  readonly id: string;
  /** Each dose that was due before this instant has its row, or was never asked for. */
  readonly decidedUntilMs: number;
  readonly createdAtMs: number;
  /** When its latest dose began to move. */
  readonly lastRunMs: number | null;
}
