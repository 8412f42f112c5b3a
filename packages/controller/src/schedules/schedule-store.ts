import { PeristaError } from '@perista/core';
import type { ScheduleRule } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';
import type { ScheduleSettings, StoredSchedule } from './schedule-row.ts';

interface ScheduleTableRow {
  readonly schedule_id: string;
  readonly pump_id: string;
  readonly cron_expression: string | null;
  readonly rule: string | null;
  readonly volume_ml: number;
  readonly duration_s: number | null;
  readonly enabled: number;
  readonly tolerance_s: number;
  readonly missed_policy: StoredSchedule['missedPolicy'];
  readonly timezone: string;
  readonly paused_until: string | null;
  readonly decided_until_ms: number;
  readonly created_at_ms: number;
  readonly last_run_ms: number | null;
}

/** Of pumps that are there: a pump takes its schedules along when it is removed. */
const PRESENT =
  'FROM schedules s JOIN pumps p USING (pump_id) WHERE s.removed_at_ms IS NULL AND p.removed_at_ms IS NULL';

export class ScheduleStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** In the order in which they were made. */
  list(): StoredSchedule[] {
    return this.#store.all<ScheduleTableRow>(`SELECT s.* ${PRESENT} ORDER BY s.created_at_ms, s.rowid`).map(scheduleOf);
  }

  ofPump(pumpId: string): StoredSchedule[] {
    return this.#store.all<ScheduleTableRow>(`SELECT s.* ${PRESENT} AND s.pump_id = ?`, pumpId).map(scheduleOf);
  }

  /** @throws PeristaError E404 */
  get(id: string): StoredSchedule {
    const row = this.#store.get<ScheduleTableRow>(`SELECT s.* ${PRESENT} AND s.schedule_id = ?`, id);
    if (row === undefined) throw new PeristaError('E404', `There is no schedule "${id}"`);
    return scheduleOf(row);
  }

  insert(id: string, settings: ScheduleSettings, at: { createdMs: number; decidedUntilMs: number }): void {
    const columns = {
      schedule_id: id,
      ...columnsOf(settings),
      decided_until_ms: at.decidedUntilMs,
      created_at_ms: at.createdMs,
    };
    this.#store.run(
      `INSERT INTO schedules (${Object.keys(columns).join(', ')}) VALUES (${Object.keys(columns)
        .map(() => '?')
        .join(', ')})`,
      ...Object.values(columns),
    );
  }

  /** What was due before `decidedUntilMs` is dealt with; the new settings count from then on. */
  update(id: string, settings: ScheduleSettings, decidedUntilMs: number): void {
    const columns = columnsOf(settings);
    this.#store.run(
      `UPDATE schedules SET ${Object.keys(columns)
        .map((name) => `${name} = ?`)
        .join(', ')},
         decided_until_ms = max(decided_until_ms, ?) WHERE schedule_id = ?`,
      ...Object.values(columns),
      decidedUntilMs,
      id,
    );
  }

  remove(id: string, atMs: number): void {
    this.#store.run('UPDATE schedules SET removed_at_ms = ? WHERE schedule_id = ?', atMs, id);
  }

  /** The clock went on too far: what it passed over and has no row is due again. */
  reopen(nowMs: number): void {
    this.#store.run('UPDATE schedules SET decided_until_ms = min(decided_until_ms, ?)', nowMs);
  }

  /** Never goes back, whatever the clock does. */
  markDecided(id: string, untilMs: number): void {
    this.#store.run(
      'UPDATE schedules SET decided_until_ms = max(decided_until_ms, ?) WHERE schedule_id = ?',
      untilMs,
      id,
    );
  }
}

const columnsOf = (settings: ScheduleSettings) => ({
  pump_id: settings.pumpId,
  cron_expression: settings.rule.kind === 'cron' ? settings.rule.expression : null,
  rule: settings.rule.kind === 'cron' ? null : JSON.stringify(settings.rule),
  volume_ml: settings.volumeMl,
  duration_s: settings.durationS,
  enabled: Number(settings.enabled),
  tolerance_s: settings.toleranceS,
  missed_policy: settings.missedPolicy,
  timezone: settings.timezone,
  paused_until: settings.pausedUntil,
});

const scheduleOf = (row: ScheduleTableRow): StoredSchedule => ({
  id: row.schedule_id,
  pumpId: row.pump_id,
  rule:
    row.rule === null
      ? { kind: 'cron', expression: row.cron_expression ?? '' }
      : (JSON.parse(row.rule) as ScheduleRule),
  volumeMl: row.volume_ml,
  durationS: row.duration_s,
  enabled: row.enabled === 1,
  toleranceS: row.tolerance_s,
  missedPolicy: row.missed_policy,
  timezone: row.timezone,
  pausedUntil: row.paused_until,
  decidedUntilMs: row.decided_until_ms,
  createdAtMs: row.created_at_ms,
  lastRunMs: row.last_run_ms,
});
