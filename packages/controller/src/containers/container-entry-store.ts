import { assert, type Bookings, type Deviation } from '@perista/core';
import { seqBefore } from '../ledger/paging.ts';
import type { SqlValue, Store } from '../store/store.ts';
import type { ContainerEntry, StoredEntry } from './container-row.ts';

interface EntryTableRow {
  readonly seq: number;
  readonly container_id: string;
  readonly kind: ContainerEntry['kind'];
  readonly at_ms: number;
  readonly actor: string;
  readonly dose_id: string | null;
  readonly drawn_lo_ml: number;
  readonly drawn_hi_ml: number;
  readonly before_ml: number;
  readonly rest_ml: number | null;
  readonly added_ml: number;
  readonly level_ml: number;
  readonly is_known: number;
  readonly deviation: string | null;
  readonly key: string | null;
  readonly request: string | null;
}

/** What went into containers and out of them. Rows are added and never change. */
export class ContainerEntryStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  append(entry: ContainerEntry): StoredEntry {
    this.#store.run(
      `INSERT INTO container_entries (container_id, kind, at_ms, actor, dose_id, drawn_lo_ml, drawn_hi_ml, before_ml, rest_ml,
         added_ml, level_ml, is_known, deviation, key, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.containerId,
      entry.kind,
      Math.floor(entry.atMs),
      entry.actor,
      entry.doseId,
      entry.drawnLoMl,
      entry.drawnHiMl,
      entry.beforeMl,
      entry.restMl,
      entry.addedMl,
      entry.levelMl,
      Number(entry.isKnown),
      entry.deviation === null ? null : JSON.stringify(entry.deviation),
      entry.key,
      entry.request,
    );
    const [stored] = this.#entries('WHERE container_id = ? ORDER BY seq DESC LIMIT 1', entry.containerId);
    assert(stored !== undefined, 'what was just written is there');
    return stored;
  }

  refillByKey(key: string): StoredEntry | undefined {
    return this.#entries('WHERE key = ?', key)[0];
  }

  /** One row more than asked for, newest first. */
  refills(containerId: string, query: { readonly limit: number; readonly cursor?: string | undefined }): StoredEntry[] {
    return this.#entries(
      `WHERE container_id = ? AND kind = 'refill' AND seq < ? ORDER BY seq DESC LIMIT ?`,
      containerId,
      seqBefore(query),
      query.limit + 1,
    );
  }

  /** The whole book since `fromMs`, oldest first, and the row before it. */
  entriesSince(containerId: string, fromMs: number): StoredEntry[] {
    const [before] = this.#entries(
      'WHERE container_id = ? AND at_ms < ? ORDER BY seq DESC LIMIT 1',
      containerId,
      Math.floor(fromMs),
    );
    const since = this.#entries('WHERE container_id = ? AND seq > ? ORDER BY seq', containerId, before?.seq ?? 0);
    return before === undefined ? since : [before, ...since];
  }

  /** What was booked since the level was last known. */
  bookingsSinceKnown(containerId: string): Bookings {
    const [known] = this.#entries('WHERE container_id = ? AND is_known = 1 ORDER BY seq DESC LIMIT 1', containerId);
    assert(known !== undefined, 'a book begins with a level that is known');
    const sums = this.#store.get<Omit<Bookings, 'knownMl'>>(
      `SELECT total(added_ml) AS addedMl, total(drawn_lo_ml) AS drawnLoMl, total(drawn_hi_ml) AS drawnHiMl
       FROM container_entries WHERE container_id = ? AND seq > ?`,
      containerId,
      known.seq,
    );
    assert(sums !== undefined, 'a sum has a row');
    return { knownMl: known.levelMl, ...sums };
  }

  /** What was drawn for a dose, unless the level of the container was seen by a person since. */
  drawSinceKnown(containerId: string, doseId: string): StoredEntry | undefined {
    const [draw] = this.#entries(
      `WHERE dose_id = ? AND container_id = ? AND seq >
         (SELECT max(seq) FROM container_entries WHERE container_id = ? AND is_known = 1)`,
      doseId,
      containerId,
      containerId,
    );
    return draw;
  }

  /** What doses drew since `fromMs`, ml. */
  usedSince(containerId: string, fromMs: number): number {
    const row = this.#store.get<{ ml: number }>(
      'SELECT total(drawn_hi_ml) AS ml FROM container_entries WHERE container_id = ? AND at_ms >= ?',
      containerId,
      Math.floor(fromMs),
    );
    return row?.ml ?? 0;
  }

  #entries(where: string, ...params: SqlValue[]): StoredEntry[] {
    return this.#store.all<EntryTableRow>(`SELECT * FROM container_entries ${where}`, ...params).map(storedEntry);
  }
}

const storedEntry = (row: EntryTableRow): StoredEntry => ({
  seq: row.seq,
  containerId: row.container_id,
  kind: row.kind,
  atMs: row.at_ms,
  actor: row.actor,
  doseId: row.dose_id,
  drawnLoMl: row.drawn_lo_ml,
  drawnHiMl: row.drawn_hi_ml,
  beforeMl: row.before_ml,
  restMl: row.rest_ml,
  addedMl: row.added_ml,
  levelMl: row.level_ml,
  isKnown: row.is_known === 1,
  deviation: row.deviation === null ? null : (JSON.parse(row.deviation) as Deviation),
  key: row.key,
  request: row.request,
});
