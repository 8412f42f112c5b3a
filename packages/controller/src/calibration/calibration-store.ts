import { assert, PeristaError } from '@perista/core';
import type { CalibrationReminder, CalibrationVerification } from '@perista/protocol/api';
import type { MeasuredCalibration } from '../pumps/pump-row.ts';
import { type CalibrationTableRow, calibrationRecord, insertCalibration, useCalibration } from '../pumps/pump-store.ts';
import type { Store } from '../store/store.ts';

/** A calibration with its history. Instants are ms since 1970. */
export interface StoredCalibration extends MeasuredCalibration {
  readonly isActive: boolean;
  /** When it last came into use; null if it never did. */
  readonly activatedAtMs: number | null;
  readonly verification: CalibrationVerification | null;
  readonly remindedAtMs: number | null;
}

interface StoredRow extends CalibrationTableRow {
  readonly runs: string;
  readonly active: number;
  readonly activated_at_ms: number | null;
  readonly verification: string | null;
  readonly reminded_at_ms: number | null;
}

/** All calibrations that a pump ever had; at most one is in use. */
export class CalibrationStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  ofPump(pumpId: string): StoredCalibration[] {
    return this.#store
      .all<StoredRow>('SELECT * FROM calibrations WHERE pump_id = ? ORDER BY created_at_ms DESC, rowid DESC', pumpId)
      .map(storedCalibration);
  }

  /** @throws PeristaError E404 */
  get(calibrationId: string): StoredCalibration {
    const row = this.#store.get<StoredRow>('SELECT * FROM calibrations WHERE calibration_id = ?', calibrationId);
    if (row === undefined) throw new PeristaError('E404', `There is no calibration "${calibrationId}"`);
    return storedCalibration(row);
  }

  active(pumpId: string): StoredCalibration | undefined {
    const row = this.#store.get<StoredRow>('SELECT * FROM calibrations WHERE pump_id = ? AND active = 1', pumpId);
    return row === undefined ? undefined : storedCalibration(row);
  }

  /** Adds one that is not in use. */
  add(calibration: MeasuredCalibration): void {
    insertCalibration(this.#store, calibration);
  }

  use({ pumpId, calibrationId }: Pick<MeasuredCalibration, 'pumpId' | 'calibrationId'>, nowMs: number): void {
    useCalibration(this.#store, pumpId, calibrationId, nowMs);
  }

  verify(calibrationId: string, verification: CalibrationVerification): void {
    this.#change('verification', JSON.stringify(verification), calibrationId);
  }

  markReminded(calibrationId: string, nowMs: number): void {
    this.#change('reminded_at_ms', Math.floor(nowMs), calibrationId);
  }

  reminder(pumpId: string): CalibrationReminder {
    const row = this.#store.get<CalibrationReminder>(
      'SELECT days, volume_ml FROM calibration_reminders WHERE pump_id = ?',
      pumpId,
    );
    return row ?? DEFAULT_REMINDER;
  }

  saveReminder(pumpId: string, { days, volume_ml }: CalibrationReminder): void {
    this.#store.run(
      `INSERT INTO calibration_reminders (pump_id, days, volume_ml) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET days = excluded.days, volume_ml = excluded.volume_ml`,
      pumpId,
      days,
      volume_ml,
    );
  }

  #change(column: 'verification' | 'reminded_at_ms', value: string | number, calibrationId: string): void {
    const sql = `UPDATE calibrations SET ${column} = ? WHERE calibration_id = ?`;
    assert(this.#store.run(sql, value, calibrationId).changes === 1, 'a calibration that changes exists');
  }
}

/** Tubes wear and harden also when they rest. */
const DEFAULT_REMINDER: CalibrationReminder = { days: 90, volume_ml: null };

const storedCalibration = (row: StoredRow): StoredCalibration => ({
  ...calibrationRecord(row),
  runs: JSON.parse(row.runs) as MeasuredCalibration['runs'],
  isActive: row.active === 1,
  activatedAtMs: row.activated_at_ms,
  verification: row.verification === null ? null : (JSON.parse(row.verification) as CalibrationVerification),
  remindedAtMs: row.reminded_at_ms,
});
