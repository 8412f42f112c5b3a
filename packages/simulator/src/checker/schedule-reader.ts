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

/** The database itself notes when any of that is written: when a schedule ran and was decided is none of it. */
const NOTE_WRITTEN = [
  'CREATE TEMP TABLE written_schedules (note INTEGER PRIMARY KEY)',
  ...['INSERT', 'DELETE', `UPDATE OF ${COLUMNS}`].map(
    (way, index) => `CREATE TEMP TRIGGER schedule_written_${index} AFTER ${way} ON schedules BEGIN
      INSERT INTO written_schedules VALUES (NULL); END`,
  ),
];
const LAST_NOTE = 'SELECT coalesce(max(note), 0) AS note FROM written_schedules';

/** Reads which schedules have changed in the books since it last looked. */
export class ScheduleReader {
  #store: Store | null = null;
  #lastNote = -1;
  readonly #known = new Map<string, string>();
  #isStale = false;

  /** The books were replaced since it looked. */
  get isStale(): boolean {
    return this.#isStale;
  }

  changes(store: Store): ScheduleInForce[] {
    this.#isStale = false;
    if (!this.#isWritten(store)) return [];
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
    this.#lastNote = -1;
    this.#known.clear();
  }

  #isWritten(store: Store): boolean {
    if (this.#store !== store) {
      for (const statement of NOTE_WRITTEN) store.run(statement);
      this.#store = store;
      this.#lastNote = -1;
    }
    const before = this.#lastNote;
    this.#lastNote = store.get<{ note: number }>(LAST_NOTE)?.note ?? 0;
    return this.#lastNote > before;
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
