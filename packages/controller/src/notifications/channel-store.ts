import { PeristaError } from '@perista/core';
import type { NotificationFilter, NotificationTarget } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';

/** A way on which notices leave, as it is kept. */
export interface ChannelRecord {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly target: NotificationTarget;
  readonly secret: string | null;
  readonly filter: NotificationFilter;
  readonly createdAtMs: number;
  readonly failingSinceMs: number | null;
  readonly failure: string | null;
  readonly deliveredAtMs: number | null;
}

export type ChannelSettings = Pick<ChannelRecord, 'name' | 'enabled' | 'target' | 'secret' | 'filter'>;

interface ChannelRow {
  readonly channel_id: string;
  readonly name: string;
  readonly enabled: number;
  readonly target: string;
  readonly secret: string | null;
  readonly filter: string;
  readonly created_at_ms: number;
  readonly failing_since_ms: number | null;
  readonly failure: string | null;
  readonly delivered_at_ms: number | null;
}

export class ChannelStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** In the order in which they were made. */
  list(): ChannelRecord[] {
    return this.#store
      .all<ChannelRow>('SELECT * FROM notification_channels ORDER BY created_at_ms, rowid')
      .map(channelOf);
  }

  find(id: string): ChannelRecord | undefined {
    const row = this.#store.get<ChannelRow>('SELECT * FROM notification_channels WHERE channel_id = ?', id);
    return row && channelOf(row);
  }

  /** @throws PeristaError E404 */
  get(id: string): ChannelRecord {
    const channel = this.find(id);
    if (channel === undefined) throw new PeristaError('E404', `There is no notification channel "${id}"`);
    return channel;
  }

  insert(id: string, { name, enabled, target, secret, filter }: ChannelSettings, nowMs: number): void {
    this.#store.run(
      `INSERT INTO notification_channels (channel_id, name, enabled, target, secret, filter, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[id, name, Number(enabled), JSON.stringify(target), secret, JSON.stringify(filter), Math.floor(nowMs)],
    );
  }

  /** What it was is forgotten with what it failed at. */
  update(id: string, { name, enabled, target, secret, filter }: ChannelSettings): void {
    this.#store.run(
      `UPDATE notification_channels SET name = ?, enabled = ?, target = ?, secret = ?, filter = ?,
         failing_since_ms = NULL, failure = NULL WHERE channel_id = ?`,
      ...[name, Number(enabled), JSON.stringify(target), secret, JSON.stringify(filter), id],
    );
  }

  /** With all that waits in it. */
  remove(id: string): void {
    this.#store.run('DELETE FROM notification_channels WHERE channel_id = ?', id);
  }

  noteFailure(id: string, failure: string, nowMs: number): void {
    this.#store.run(
      `UPDATE notification_channels SET failure = ?, failing_since_ms = coalesce(failing_since_ms, ?)
       WHERE channel_id = ?`,
      ...[failure, Math.floor(nowMs), id],
    );
  }

  noteDelivery(id: string, nowMs: number): void {
    this.#store.run(
      `UPDATE notification_channels SET failure = NULL, failing_since_ms = NULL, delivered_at_ms = ?
       WHERE channel_id = ?`,
      ...[Math.floor(nowMs), id],
    );
  }
}

const channelOf = (row: ChannelRow): ChannelRecord => ({
  id: row.channel_id,
  name: row.name,
  enabled: row.enabled === 1,
  target: JSON.parse(row.target) as NotificationTarget,
  secret: row.secret,
  filter: JSON.parse(row.filter) as NotificationFilter,
  createdAtMs: row.created_at_ms,
  failingSinceMs: row.failing_since_ms,
  failure: row.failure,
  deliveredAtMs: row.delivered_at_ms,
});
