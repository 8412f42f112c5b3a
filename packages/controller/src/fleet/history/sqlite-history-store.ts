import { migrate } from '../../store/migrate.ts';
import type { Store } from '../../store/store.ts';
import type { DeviceHistoryStore, Sample, SampleSpan, Spread, StoredGap, Stretch } from './device-history-store.ts';
import { HISTORY_MIGRATIONS } from './history-migrations.ts';

/** How far the device's word and the server's may lie apart on when a sample was, ms. */
const SAME_MS = 60_000;
const PLAIN_BOOT = -1;

interface SampleRow {
  readonly at_ms: number;
  readonly boot: number;
  readonly seq: number;
  readonly flow: number | null;
  readonly delivered: number | null;
  readonly battery: number | null;
}

const KEYS = ['flow', 'delivered', 'battery'] as const;
type Key = (typeof KEYS)[number];
type SpanRow = { readonly span: number; readonly count: number } & Readonly<
  Record<`${Key}_${'min' | 'mean' | 'max'}`, number | null>
>;

const SPREADS = KEYS.map((key) => `min(${key}) AS ${key}_min, avg(${key}) AS ${key}_mean, max(${key}) AS ${key}_max`);

/** {@link DeviceHistoryStore} in a database of its own. */
export class SqliteHistoryStore implements DeviceHistoryStore {
  readonly #store: Store;

  /** @throws PeristaError E301 */
  constructor(store: Store, nowMs: number) {
    this.#store = store;
    migrate(store, HISTORY_MIGRATIONS, nowMs);
  }

  add(samples: readonly Sample[]): void {
    this.#store.transaction(() => {
      for (const sample of samples) this.#insert(sample);
    });
  }

  addMissing(samples: readonly Sample[]): void {
    this.#store.transaction(() => {
      for (const sample of samples) if (!this.#isThere(sample)) this.#insert(sample);
    });
  }

  addGap(deviceId: string, { fromMs, toMs, reason }: StoredGap): void {
    const sql = 'INSERT OR REPLACE INTO gaps (device_no, from_ms, to_ms, reason) VALUES (?, ?, ?, ?)';
    this.#store.transaction(() => {
      this.#store.run(sql, this.#number(deviceId), Math.floor(fromMs), Math.floor(toMs), reason);
    });
  }

  samples({ deviceId, fromMs, toMs }: Stretch, most: number, after?: Sample): Sample[] {
    const from = after ?? { atMs: fromMs, number: { boot: Number.MIN_SAFE_INTEGER, seq: 0 } };
    return this.#store
      .all<SampleRow>(
        `SELECT at_ms, boot, seq, flow, delivered, battery FROM samples
         WHERE device_no = ? AND (at_ms, boot, seq) > (?, ?, ?) AND at_ms < ?
         ORDER BY at_ms, boot, seq LIMIT ?`,
        ...[this.#known(deviceId), Math.floor(from.atMs), from.number?.boot ?? PLAIN_BOOT, from.number?.seq ?? 0],
        ...[Math.floor(toMs), most],
      )
      .map((row) => sampleOf(deviceId, row));
  }

  spans({ deviceId, fromMs, toMs }: Stretch, originMs: number, spanMs: number): SampleSpan[] {
    return this.#store
      .all<SpanRow>(
        `SELECT CAST((at_ms - ?) / ? AS INTEGER) AS span, count(*) AS count, ${SPREADS.join(', ')} FROM samples
         WHERE device_no = ? AND at_ms >= ? AND at_ms < ? GROUP BY span ORDER BY span`,
        ...[Math.floor(originMs), Math.floor(spanMs), this.#known(deviceId), Math.floor(fromMs), Math.floor(toMs)],
      )
      .map((row) => ({
        fromMs: originMs + row.span * spanMs,
        count: row.count,
        flowRateMlMin: spreadOf(row, 'flow'),
        deliveredVolumeMl: spreadOf(row, 'delivered'),
        batteryLevel: spreadOf(row, 'battery'),
      }));
  }

  gaps({ deviceId, fromMs, toMs }: Stretch): StoredGap[] {
    return this.#store.all<StoredGap>(
      `SELECT from_ms AS fromMs, to_ms AS toMs, reason FROM gaps
       WHERE device_no = ? AND to_ms > ? AND from_ms < ? ORDER BY from_ms`,
      ...[this.#known(deviceId), Math.floor(fromMs), Math.floor(toMs)],
    );
  }

  prune(beforeMs: number, most: number): number {
    return this.#store.transaction(() => {
      let left = most;
      for (const { device_no } of this.#store.all<{ device_no: number }>('SELECT device_no FROM devices')) {
        if (left <= 0) break;
        left -= this.#pruneOne(device_no, Math.floor(beforeMs), left);
      }
      return most - left;
    });
  }

  #pruneOne(deviceNo: number, beforeMs: number, most: number): number {
    const first = this.#store.get<{ at_ms: number }>(
      'SELECT at_ms FROM samples WHERE device_no = ? AND at_ms < ? ORDER BY at_ms LIMIT 1 OFFSET ?',
      ...[deviceNo, beforeMs, most],
    );
    const untilMs = first?.at_ms ?? beforeMs;
    this.#store.run('DELETE FROM gaps WHERE device_no = ? AND to_ms < ?', deviceNo, untilMs);
    return this.#store.run('DELETE FROM samples WHERE device_no = ? AND at_ms < ?', deviceNo, untilMs).changes;
  }

  #insert({ deviceId, atMs, number, flowRateMlMin, deliveredVolumeMl, batteryLevel }: Sample): void {
    this.#store.run(
      'INSERT OR IGNORE INTO samples (device_no, at_ms, boot, seq, flow, delivered, battery) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[this.#number(deviceId), Math.floor(atMs), number?.boot ?? PLAIN_BOOT, number?.seq ?? 0],
      ...[flowRateMlMin, deliveredVolumeMl, batteryLevel],
    );
  }

  #isThere({ deviceId, atMs, number }: Sample): boolean {
    if (number === null) return false;
    const row = this.#store.get(
      'SELECT 1 FROM samples WHERE device_no = ? AND at_ms BETWEEN ? AND ? AND boot = ? AND seq = ?',
      ...[this.#known(deviceId), Math.floor(atMs - SAME_MS), Math.floor(atMs + SAME_MS), number.boot, number.seq],
    );
    return row !== undefined;
  }

  /** Of a device that may be new. A transaction that is undone undoes its number, too. */
  #number(deviceId: string): number {
    const known = this.#known(deviceId);
    if (known > 0) return known;
    this.#store.run('INSERT INTO devices (device_id) VALUES (?)', deviceId);
    return this.#known(deviceId);
  }

  /** 0: nothing is stored of it. */
  #known(deviceId: string): number {
    const row = this.#store.get<{ no: number }>('SELECT device_no AS no FROM devices WHERE device_id = ?', deviceId);
    return row?.no ?? 0;
  }
}

const sampleOf = (deviceId: string, { at_ms, boot, seq, flow, delivered, battery }: SampleRow): Sample => ({
  deviceId,
  atMs: at_ms,
  number: boot === PLAIN_BOOT ? null : { boot, seq },
  flowRateMlMin: flow,
  deliveredVolumeMl: delivered,
  batteryLevel: battery,
});

function spreadOf(row: SpanRow, key: Key): Spread | null {
  const [min, mean, max] = [row[`${key}_min`], row[`${key}_mean`], row[`${key}_max`]];
  return min === null || mean === null || max === null ? null : { min, mean, max };
}
