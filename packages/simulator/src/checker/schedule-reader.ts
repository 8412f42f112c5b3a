import type { Store } from '@perista/controller';
import type { ScheduleRule } from '@perista/protocol/api';
import type { ScheduleInForce } from './schedule-book.ts';

interface ScheduleRow {
  readonly schedule_id: string;
  readonly pump_id: string;
  readonly cron_expression: string | null;
  readonly rule: string | null;
  readonly volume_ml: number;
  readonly enabled: number;
  readonly tolerance_s: number;
  readonly missed_policy: ScheduleInForce['missedPolicy'];
  readonly timezone: string;
  readonly paused_until: string | null;
  readonly removed_at_ms: number | null;
}

const COLUMNS = `schedule_id, pump_id, cron_expression, rule, volume_ml, enabled, tolerance_s, missed_policy, timezone,
  paused_until, removed_at_ms`;

/** Reads which schedules have changed in the books since it last looked. */
export class ScheduleReader {
  readonly #known = new Map<string, string>();
  #isStale = false;

  /** The books were replaced since it looked. */
  get isStale(): boolean {
    return this.#isStale;
  }

  changes(store: Store): ScheduleInForce[] {
    this.#isStale = false;
    return store.all<ScheduleRow>(`SELECT ${COLUMNS} FROM schedules ORDER BY rowid`).flatMap((row) => {
      const shape = JSON.stringify(row);
      if (this.#known.get(row.schedule_id) === shape) return [];
      this.#known.set(row.schedule_id, shape);
      return [inForce(row)];
    });
  }

  /** The books were replaced by older ones. */
  startOver(): void {
    this.#isStale = true;
    this.#known.clear();
  }
}

const inForce = (row: ScheduleRow): ScheduleInForce => ({
  scheduleId: row.schedule_id,
  pumpId: row.pump_id,
  rule:
    row.rule === null
      ? { kind: 'cron', expression: row.cron_expression ?? '' }
      : (JSON.parse(row.rule) as ScheduleRule),
  volumeMl: row.volume_ml,
  timezone: row.timezone,
  pausedUntil: row.paused_until,
  isEnabled: row.enabled === 1 && row.removed_at_ms === null,
  toleranceS: row.tolerance_s,
  missedPolicy: row.missed_policy,
});
