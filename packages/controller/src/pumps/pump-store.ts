import { assert, PeristaError } from '@perista/core';
import type { Store } from '../store/store.ts';
import type { CalibrationRecord, PumpRecord } from './pump-row.ts';

interface PumpTableRow {
  readonly pump_id: string;
  readonly name: string;
  readonly enabled: number;
  readonly hardware: string;
  readonly mutex_group: string | null;
  readonly limits: string;
  readonly max_rate_ml_min: number;
  readonly min_dose_ml: number;
  readonly capacity_ml: number;
  readonly level_ml: number;
}

interface CalibrationTableRow {
  readonly calibration_id: string;
  readonly pump_id: string;
  readonly origin: CalibrationRecord['origin'];
  readonly curve: string;
  readonly runs: string;
  readonly created_at_ms: number;
}

/** Pumps, their containers and calibrations. A removed pump keeps its rows but is found no more. */
export class PumpStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(): PumpRecord[] {
    return this.#store
      .all<PumpTableRow>('SELECT * FROM pumps WHERE removed_at_ms IS NULL ORDER BY created_at_ms, rowid')
      .map(pumpRecord);
  }

  find(pumpId: string): PumpRecord | undefined {
    const row = this.#store.get<PumpTableRow>(
      'SELECT * FROM pumps WHERE pump_id = ? AND removed_at_ms IS NULL',
      pumpId,
    );
    return row === undefined ? undefined : pumpRecord(row);
  }

  /** @throws PeristaError E404 */
  get(pumpId: string): PumpRecord {
    const pump = this.find(pumpId);
    if (pump === undefined) throw new PeristaError('E404', `There is no pump "${pumpId}"`);
    return pump;
  }

  /** Whether the id is in use or was: ids are never given to another pump. */
  wasUsed(pumpId: string): boolean {
    return this.#store.get('SELECT 1 FROM pumps WHERE pump_id = ?', pumpId) !== undefined;
  }

  hasAny(): boolean {
    return this.#store.get('SELECT 1 FROM pumps LIMIT 1') !== undefined;
  }

  insert(pump: PumpRecord, nowMs: number): void {
    this.#store.run(
      `INSERT INTO pumps (pump_id, name, enabled, hardware, mutex_group, limits, max_rate_ml_min, min_dose_ml,
         capacity_ml, level_ml, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      pump.pumpId,
      pump.name,
      Number(pump.enabled),
      JSON.stringify(pump.hardware),
      pump.mutexGroup,
      JSON.stringify(pump.limits),
      pump.maxRateMlPerMin,
      pump.minDoseMl,
      pump.container.capacityMl,
      pump.container.levelMl,
      Math.floor(nowMs),
    );
  }

  /** Writes what a patch may change. */
  update(pump: PumpRecord): void {
    const { changes } = this.#store.run(
      `UPDATE pumps SET name = ?, enabled = ?, mutex_group = ?, limits = ?, max_rate_ml_min = ?, min_dose_ml = ?
       WHERE pump_id = ? AND removed_at_ms IS NULL`,
      pump.name,
      Number(pump.enabled),
      pump.mutexGroup,
      JSON.stringify(pump.limits),
      pump.maxRateMlPerMin,
      pump.minDoseMl,
      pump.pumpId,
    );
    assert(changes === 1, 'a pump that is updated exists');
  }

  markRemoved(pumpId: string, nowMs: number): void {
    this.#store.run('UPDATE pumps SET removed_at_ms = ? WHERE pump_id = ?', Math.floor(nowMs), pumpId);
  }

  /** Takes a dose out of the books of the pump's container. */
  draw(pumpId: string, volumeMl: number): void {
    this.#store.run('UPDATE pumps SET level_ml = max(0.0, level_ml - ?) WHERE pump_id = ?', volumeMl, pumpId);
  }

  activeCalibration(pumpId: string): CalibrationRecord | undefined {
    const row = this.#store.get<CalibrationTableRow>(
      'SELECT * FROM calibrations WHERE pump_id = ? AND active = 1',
      pumpId,
    );
    return row === undefined ? undefined : calibrationRecord(row);
  }

  /** Adds a calibration and makes it the one in use. */
  activate(calibration: CalibrationRecord): void {
    this.#store.run('UPDATE calibrations SET active = 0 WHERE pump_id = ? AND active = 1', calibration.pumpId);
    this.#store.run(
      `INSERT INTO calibrations (calibration_id, pump_id, origin, curve, runs, active, created_at_ms)
       VALUES (?, ?, ?, ?, ?, 1, ?)`,
      calibration.calibrationId,
      calibration.pumpId,
      calibration.origin,
      JSON.stringify(calibration.curve),
      JSON.stringify(calibration.runs),
      Math.floor(calibration.createdAtMs),
    );
  }
}

const pumpRecord = (row: PumpTableRow): PumpRecord => ({
  pumpId: row.pump_id,
  name: row.name,
  enabled: row.enabled === 1,
  hardware: JSON.parse(row.hardware) as PumpRecord['hardware'],
  mutexGroup: row.mutex_group,
  limits: JSON.parse(row.limits) as PumpRecord['limits'],
  maxRateMlPerMin: row.max_rate_ml_min,
  minDoseMl: row.min_dose_ml,
  container: { capacityMl: row.capacity_ml, levelMl: row.level_ml },
});

const calibrationRecord = (row: CalibrationTableRow): CalibrationRecord => ({
  calibrationId: row.calibration_id,
  pumpId: row.pump_id,
  origin: row.origin,
  curve: JSON.parse(row.curve) as CalibrationRecord['curve'],
  runs: JSON.parse(row.runs) as CalibrationRecord['runs'],
  createdAtMs: row.created_at_ms,
});
