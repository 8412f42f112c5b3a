import type { TimelineEntry, TimelineQuery } from '@perista/protocol/api';
import { pageOf, seqBefore } from '../ledger/paging.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { PageOf } from '../services.ts';
import type { Store } from '../store/store.ts';

export type NewTimelineEntry = Omit<TimelineEntry, 'seq' | 'at' | 'outcome' | 'infusionId' | 'commandId'> &
  Partial<Pick<TimelineEntry, 'outcome' | 'infusionId' | 'commandId'>>;

interface TimelineRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly device_id: string;
  readonly actor: string;
  readonly source: TimelineEntry['source'];
  readonly action: string;
  readonly outcome: string | null;
  readonly infusion_id: string | null;
  readonly command_id: string | null;
}

/** Entries of a device that are kept: a device that chatters shall not fill the disk. */
const KEPT = 20_000;
/** Old ones are looked for once in so many. */
const PRUNED_EACH = 500;

/** Who did what with a device, when, and what became of it. Entries never change. */
export class TimelineStore {
  readonly #store: Store;
  #added = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  add(entry: NewTimelineEntry, atMs: number): void {
    const { deviceId, actor, source, action, outcome = null, infusionId = null, commandId = null } = entry;
    this.#store.run(
      `INSERT INTO device_timeline (at_ms, device_id, actor, source, action, outcome, infusion_id, command_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[Math.floor(atMs), deviceId, actor, source, action, outcome, infusionId, commandId],
    );
    if (++this.#added % PRUNED_EACH === 0) this.#prune(deviceId);
  }

  /** Newest first. */
  list(deviceId: string, page: TimelineQuery): PageOf<TimelineEntry> {
    const rows = this.#store.all<TimelineRow>(
      'SELECT * FROM device_timeline WHERE device_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
      ...[deviceId, seqBefore(page), page.limit + 1],
    );
    return pageOf(rows, page, entryOf);
  }

  #prune(deviceId: string): void {
    this.#store.run(
      `DELETE FROM device_timeline WHERE device_id = ? AND seq <=
         (SELECT seq FROM device_timeline WHERE device_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
      ...[deviceId, deviceId, KEPT],
    );
  }
}

const entryOf = (row: TimelineRow): TimelineEntry => ({
  seq: row.seq,
  at: timestamp(row.at_ms),
  deviceId: row.device_id,
  actor: row.actor,
  source: row.source,
  action: row.action,
  outcome: row.outcome,
  infusionId: row.infusion_id,
  commandId: row.command_id,
});
