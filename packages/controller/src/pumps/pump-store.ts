import { assert, PeristaError } from '@perista/core';
import type { Store } from '../store/store.ts';
import type { CalibrationRecord, MeasuredCalibration, PumpRecord } from './pump-row.ts';

interface PumpTableRow {
  readonly pump_id: string;
  readonly name: string;
  readonly enabled: number;
  readonly hardware: string;
  readonly mutex_group: string | null;
  readonly limits: string;
  readonly max_rate_ml_min: number;
  readonly min_dose_ml: number;
  readonly container_id: string;
}

export interface CalibrationTableRow {
  readonly calibration_id: string;
  readonly pump_id: string;
  readonly origin: CalibrationRecord['origin'];
  readonly curve: string;
  readonly created_at_ms: number;
}

/** Without the runs: they are long, and few ask for them. */
const CALIBRATION_COLUMNS = 'calibration_id, pump_id, origin, curve, created_at_ms';

/** Pumps and their calibrations. A removed pump keeps its rows but is found no more. */
export class PumpStore {
  readonly #store: Store;
  /** Those that were in use, by id: what was measured never changes, and curves are long. */
  readonly #calibrations = new Map<string, CalibrationRecord>();

  constructor(store: Store) {
    this.#store = store;
  }

  list(): PumpRecord[] {
    return this.#store
      .all<PumpTableRow>('SELECT * FROM pumps WHERE removed_at_ms IS NULL ORDER BY created_at_ms, rowid')
      .map(pumpRecord);
  }

  /** Those that draw from a container. */
  drawingFrom(containerId: string): PumpRecord[] {
    return this.#store
      .all<PumpTableRow>(
        'SELECT * FROM pumps WHERE container_id = ? AND removed_at_ms IS NULL ORDER BY created_at_ms, rowid',
        containerId,
      )
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
         container_id, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      pump.pumpId,
      pump.name,
      Number(pump.enabled),
      JSON.stringify(pump.hardware),
      pump.mutexGroup,
      JSON.stringify(pump.limits),
      pump.maxRateMlPerMin,
      pump.minDoseMl,
      pump.containerId,
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

  activeCalibration(pumpId: string): CalibrationRecord | undefined {
    return this.activeCalibrations([pumpId]).get(pumpId);
  }

  /** By pump. */
  activeCalibrations(pumpIds: readonly string[]): ReadonlyMap<string, CalibrationRecord> {
    const active = this.#store.all<{ pump_id: string; calibration_id: string }>(
      `SELECT pump_id, calibration_id FROM calibrations WHERE active = 1
         AND pump_id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(pumpIds),
    );
    return new Map(active.map(({ pump_id, calibration_id }) => [pump_id, this.#calibration(calibration_id)]));
  }

  /** Adds a calibration and makes it the one in use. */
  activate(calibration: MeasuredCalibration): void {
    insertCalibration(this.#store, calibration);
    useCalibration(this.#store, calibration.pumpId, calibration.calibrationId, calibration.createdAtMs);
  }

  #calibration(calibrationId: string): CalibrationRecord {
    return this.#calibrations.get(calibrationId) ?? this.#readCalibration(calibrationId);
  }

  #readCalibration(calibrationId: string): CalibrationRecord {
    const row = this.#store.get<CalibrationTableRow>(
      `SELECT ${CALIBRATION_COLUMNS} FROM calibrations WHERE calibration_id = ?`,
      calibrationId,
    );
    assert(row !== undefined, 'a calibration that is in use is there');
    const calibration = calibrationRecord(row);
    this.#calibrations.set(calibrationId, calibration);
    return calibration;
  }
}

/** Adds a calibration that is not in use. */
export function insertCalibration(store: Store, calibration: MeasuredCalibration): void {
  store.run(
    `INSERT INTO calibrations (calibration_id, pump_id, origin, curve, runs, active, created_at_ms)
     VALUES (?, ?, ?, ?, ?, 0, ?)`,
    calibration.calibrationId,
    calibration.pumpId,
    calibration.origin,
    JSON.stringify(calibration.curve),
    JSON.stringify(calibration.runs),
    Math.floor(calibration.createdAtMs),
  );
}

/** Makes a calibration the one in use. Call it in a transaction. */
export function useCalibration(store: Store, pumpId: string, calibrationId: string, nowMs: number): void {
  store.run('UPDATE calibrations SET active = 0 WHERE pump_id = ? AND active = 1', pumpId);
  const { changes } = store.run(
    'UPDATE calibrations SET active = 1, activated_at_ms = ?, reminded_at_ms = NULL WHERE calibration_id = ? AND pump_id = ?',
    Math.floor(nowMs),
    calibrationId,
    pumpId,
  );
  assert(changes === 1, 'a calibration that comes into use exists');
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
  containerId: row.container_id,
});

export const calibrationRecord = (row: CalibrationTableRow): CalibrationRecord => ({
  calibrationId: row.calibration_id,
  pumpId: row.pump_id,
  origin: row.origin,
  curve: JSON.parse(row.curve) as CalibrationRecord['curve'],
  createdAtMs: row.created_at_ms,
});
