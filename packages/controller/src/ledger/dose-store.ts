import { assert, type ChargedVolumes, type DayHalf } from '@perista/core';
import type { DoseQuery } from '@perista/protocol/api';
import type { SqlValue, Store } from '../store/store.ts';
import type { DoseClosing, DoseIntent, DoseRow } from './dose-row.ts';
import { countEnded, recountVolume } from './dose-totals.ts';
import { DAY_MS, HOUR_MS, WEEK_MS } from './durations.ts';
import { noteLastRun } from './last-run.ts';
import { seqBefore } from './paging.ts';

/** Pumps without a group are a group of their own; `:` stands in no id. */
const GROUP = `coalesce(p.mutex_group, 'pump:' || p.pump_id)`;

/** A dose as a queue sees it. */
export interface OpenDose extends DoseRow {
  readonly mutex: string;
}

/** A volume that ages out of the caps of a pump. */
export interface Charge {
  readonly pumpId: string;
  /** On the charge clock, ms since 1970. */
  readonly atMs: number;
  readonly ml: number;
}

/** The ledger: every dose that was ever ordered, and what it charges to its pump. */
export class DoseStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insertOpen(intent: DoseIntent, state: 'accepted' | 'queued'): void {
    this.#insert({ ...intent, state, lo_ml: 0, hi_ml: intent.planned_hi_ml });
  }

  /** A dose that was over before it began: a rule refused it, or its window was past. */
  insertOver(
    intent: DoseIntent,
    end: { state: 'refused' | 'missed' | 'skipped'; reason: string; code: string; ended_at_ms: number },
  ): void {
    this.#insert({ ...intent, ...end, lo_ml: 0, hi_ml: 0, delivered_ml: 0 });
    countEnded(this.#store, intent.dose_id);
  }

  /** A dose that only the agent remembered. */
  insertFound(intent: DoseIntent): void {
    this.#insert({ ...intent, state: 'running', lo_ml: 0, hi_ml: intent.planned_hi_ml, sent_epoch: intent.epoch });
  }

  find(doseId: string): DoseRow | undefined {
    return this.#store.get<DoseRow>('SELECT * FROM doses WHERE dose_id = ?', doseId);
  }

  /** Those of `doseIds` that are over and count for something: nothing changes them any more. */
  charging(doseIds: readonly string[]): ReadonlySet<string> {
    const rows = this.#store.all<{ dose_id: string }>(
      `SELECT dose_id FROM doses
       WHERE dose_id IN (SELECT value FROM json_each(?)) AND ended_at_ms IS NOT NULL AND hi_ml > 0`,
      JSON.stringify(doseIds),
    );
    return new Set(rows.map(({ dose_id }) => dose_id));
  }

  /** One row more than asked for, newest first, so that the caller sees whether there are more. */
  list(query: DoseQuery): DoseRow[] {
    const filters: [string, SqlValue][] = [['seq < ?', seqBefore(query)]];
    if (query.pump_id !== undefined) filters.push(['pump_id = ?', query.pump_id]);
    if (query.state !== undefined) filters.push(['state = ?', query.state]);
    if (query.schedule_id !== undefined) filters.push(['schedule_id = ?', query.schedule_id]);
    const where = filters.map(([clause]) => clause).join(' AND ');
    const params = filters.map(([, param]) => param);
    return this.#store.all(`SELECT * FROM doses WHERE ${where} ORDER BY seq DESC LIMIT ?`, ...params, query.limit + 1);
  }

  /** All open doses, in the order of their acceptance. */
  open(): OpenDose[] {
    return this.#store.all(
      `SELECT d.*, ${GROUP} AS mutex FROM doses d JOIN pumps p USING (pump_id) WHERE d.ended_at_ms IS NULL ORDER BY d.seq`,
    );
  }

  /** The latest run of the pump that was to calibrate it, runs of guided sessions apart. */
  lastCalibrationRun(pumpId: string): DoseRow | undefined {
    return this.#store.get(
      `SELECT * FROM doses WHERE pump_id = ? AND cause = 'calibration' AND state <> 'refused'
         AND dose_id NOT IN (SELECT dose_id FROM calibration_runs) ORDER BY seq DESC LIMIT 1`,
      pumpId,
    );
  }

  /** What doses that began at `fromMs` or later have given, ml; the top of the range where it is not known. A run that is measured is no dose. */
  givenSince(pumpId: string, fromMs: number): number {
    return this.#total(
      `SELECT total(coalesce(delivered_ml, hi_ml)) AS ml FROM doses
       WHERE pump_id = ? AND coalesce(started_at_ms, accepted_at_ms) >= ?
         AND started_at_ms IS NOT NULL AND ended_at_ms IS NOT NULL AND cause <> 'calibration'`,
      pumpId,
      fromMs,
    );
  }

  /** What a run of a calibration gave, as somebody measured it: from now on it is charged with that. */
  measureRun(
    doseId: string,
    { loMl, hiMl, deliveredMl }: Pick<DoseClosing, 'loMl' | 'hiMl'> & { deliveredMl: number },
  ): void {
    const before = this.find(doseId);
    assert(before?.state === 'done' && before.cause === 'calibration', 'only a whole calibration run is measured');
    this.#store.run(
      'UPDATE doses SET lo_ml = ?, hi_ml = ?, delivered_ml = ?, reason = NULL WHERE dose_id = ?',
      loMl,
      hiMl,
      deliveredMl,
      doseId,
    );
    recountVolume(this.#store, before, deliveredMl - (before.delivered_ml ?? before.lo_ml));
  }

  /** When the latest dose of a slot in that half of the day began to move, ms since 1970; null if none ever did. */
  lastSlotStartMs(pumpId: string, half: DayHalf): number | null {
    // Ids of slots are the pump's, a day in digits, and the half: ':' follows '9'.
    const row = this.#store.get<{ started_at_ms: number }>(
      `SELECT started_at_ms FROM doses WHERE dose_id > ? AND dose_id < ? AND dose_id LIKE ? AND started_at_ms IS NOT NULL
       ORDER BY dose_id DESC LIMIT 1`,
      `${pumpId}.0`,
      `${pumpId}.:`,
      `%.${half}`,
    );
    return row?.started_at_ms ?? null;
  }

  openOfPump(pumpId: string): DoseRow[] {
    return this.#store.all('SELECT * FROM doses WHERE pump_id = ? AND ended_at_ms IS NULL ORDER BY seq', pumpId);
  }

  /** Open doses of the pump and of all that share its group. */
  countOpenInGroupOf(pumpId: string): number {
    // Left to itself SQLite would walk through all doses that ever were.
    const row = this.#store.get<{ open: number }>(
      `SELECT count(*) AS open FROM doses d INDEXED BY doses_waiting JOIN pumps p USING (pump_id)
       WHERE d.ended_at_ms IS NULL AND ${GROUP} = (SELECT ${GROUP} FROM pumps p WHERE p.pump_id = ?)`,
      pumpId,
    );
    return row?.open ?? 0;
  }

  lastEnded(pumpId: string): DoseRow | undefined {
    return this.#store.get(
      `SELECT * FROM doses WHERE pump_id = ? AND state <> 'refused' AND ended_at_ms IS NOT NULL ORDER BY seq DESC LIMIT 1`,
      pumpId,
    );
  }

  /** The latest end of a dose of the pump that may have moved, on the charge clock, ms; null if there was none. */
  lastMotionEndMs(pumpId: string): number | null {
    const row = this.#store.get<{ end_ms: number | null }>(
      'SELECT max(charged_at_ms) AS end_ms FROM doses WHERE pump_id = ? AND hi_ml > 0',
      pumpId,
    );
    return row?.end_ms ?? null;
  }

  /** What counts against the caps at `chargeNowMs`: each dose at the top of its range, until a window after its end. */
  charged(pumpId: string, chargeNowMs: number): ChargedVolumes {
    const openMl = this.#total(
      `SELECT total(hi_ml) AS ml FROM doses INDEXED BY doses_open WHERE pump_id = ? AND ended_at_ms IS NULL`,
      pumpId,
    );
    return withOpen(this.dosed(pumpId, chargeNowMs), openMl);
  }

  /** The same without doses that are not over. */
  dosed(pumpId: string, chargeNowMs: number): ChargedVolumes {
    const since = (windowMs: number) => Math.floor(chargeNowMs) - windowMs;
    const row = this.#store.get<ChargedVolumes>(
      `SELECT total(hi_ml) FILTER (WHERE charged_at_ms > ?) AS hourMl,
         total(hi_ml) FILTER (WHERE charged_at_ms > ?) AS dayMl, total(hi_ml) AS weekMl
       FROM doses WHERE pump_id = ? AND hi_ml > 0 AND charged_at_ms > ?`,
      since(HOUR_MS),
      since(DAY_MS),
      pumpId,
      since(WEEK_MS),
    );
    assert(row !== undefined, 'a sum has a row');
    return row;
  }

  /** What counts against the caps of all pumps at `chargeNowMs` and is over, the oldest first. */
  charges(chargeNowMs: number): Charge[] {
    return this.#store.all(
      `SELECT pump_id AS pumpId, charged_at_ms AS atMs, hi_ml AS ml FROM doses
       WHERE hi_ml > 0 AND charged_at_ms > ? ORDER BY charged_at_ms`,
      Math.floor(chargeNowMs) - WEEK_MS,
    );
  }

  /** START is about to be sent under `epoch`: from here on it may have moved. */
  markSent(doseId: string, epoch: number): void {
    this.#change(
      `UPDATE doses SET state = 'accepted', sent_epoch = ? WHERE dose_id = ? AND ended_at_ms IS NULL`,
      epoch,
      doseId,
    );
  }

  /** It is proven that START had no effect and never will. */
  markUnsent(doseId: string): void {
    this.#change(
      `UPDATE doses SET state = 'accepted', sent_epoch = NULL, started_at_ms = NULL WHERE dose_id = ? AND ended_at_ms IS NULL`,
      doseId,
    );
  }

  markStarted(doseId: string, startedAtMs: number): void {
    this.#change(
      `UPDATE doses SET state = 'running', started_at_ms = ? WHERE dose_id = ? AND ended_at_ms IS NULL`,
      Math.round(startedAtMs),
      doseId,
    );
    noteLastRun(this.#store, doseId);
  }

  markStopRequested(doseId: string, by: string): void {
    this.#change(
      'UPDATE doses SET stop_requested = coalesce(stop_requested, ?) WHERE dose_id = ? AND ended_at_ms IS NULL',
      by,
      doseId,
    );
  }

  /** Closes a dose once and for all. */
  close(
    doseId: string,
    closing: DoseClosing,
    at: { startedMs: number | null; endedMs: number; chargedMs: number },
  ): void {
    this.#change(
      `UPDATE doses SET state = ?, lo_ml = ?, hi_ml = ?, delivered_ml = ?, reason = ?, code = ?,
         started_at_ms = ?, ended_at_ms = ?, charged_at_ms = ?
       WHERE dose_id = ? AND (ended_at_ms IS NULL OR hi_ml = 0)`,
      closing.state,
      closing.loMl,
      closing.hiMl,
      closing.deliveredMl,
      closing.reason,
      closing.code,
      at.startedMs === null ? null : Math.round(at.startedMs),
      Math.round(at.endedMs),
      Math.ceil(at.chargedMs),
      doseId,
    );
    countEnded(this.#store, doseId);
    noteLastRun(this.#store, doseId);
  }

  #total(sql: string, ...params: SqlValue[]): number {
    return this.#store.get<{ ml: number }>(sql, ...params)?.ml ?? 0;
  }

  #insert(row: DoseIntent & Partial<DoseRow>): void {
    const columns = Object.keys(row);
    this.#store.run(
      `INSERT INTO doses (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ...(Object.values(row) as SqlValue[]),
    );
  }

  #change(sql: string, ...params: SqlValue[]): void {
    assert(this.#store.run(sql, ...params).changes === 1, 'only a dose that is open or counts as nothing changes');
  }
}

/** What is charged where `dosed` is over and `openMl` may still be given. */
export const withOpen = ({ hourMl, dayMl, weekMl }: ChargedVolumes, openMl: number): ChargedVolumes => ({
  hourMl: hourMl + openMl,
  dayMl: dayMl + openMl,
  weekMl: weekMl + openMl,
});
