import type { Notice, Page } from '@perista/protocol/api';
import type { z } from 'zod';
import { pageOf, seqBefore } from '../ledger/paging.ts';
import type { PageOf } from '../services.ts';
import type { Store } from '../store/store.ts';

/** One notice on its way through one channel. */
export interface DeliveryRecord {
  readonly seq: number;
  readonly channelId: string;
  readonly notice: Notice;
  readonly queuedAtMs: number;
  /** It waits until then, to see whether it is still true. */
  readonly notBeforeMs: number;
  readonly state: 'waiting' | 'delivered' | 'given_up';
  readonly attempts: number;
  readonly endedAtMs: number | null;
  readonly failure: string | null;
}

interface DeliveryRow {
  readonly seq: number;
  readonly channel_id: string;
  readonly notice: string;
  readonly queued_at_ms: number;
  readonly not_before_ms: number;
  readonly state: DeliveryRecord['state'];
  readonly attempts: number;
  readonly ended_at_ms: number | null;
  readonly failure: string | null;
}

/** Deliveries of a channel that are kept when they are over. */
const KEPT = 500;

export class DeliveryStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  add(channelId: string, notice: Notice, at: { readonly queuedMs: number; readonly notBeforeMs: number }): void {
    this.#store.run(
      `INSERT INTO notification_deliveries
         (channel_id, notice, notice_id, queued_at_ms, not_before_ms, state, attempts)
       VALUES (?, ?, ?, ?, ?, 'waiting', 0)`,
      ...[channelId, JSON.stringify(notice), notice.id, Math.floor(at.queuedMs), Math.floor(at.notBeforeMs)],
    );
  }

  /** The oldest that may go now. What was queued by a clock that has been set back waits for nothing. */
  next(channelId: string, nowMs: number): DeliveryRecord | undefined {
    const wallMs = Math.floor(nowMs);
    const row = this.#store.get<DeliveryRow>(
      `SELECT * FROM notification_deliveries
       WHERE channel_id = ? AND state = 'waiting' AND (not_before_ms <= ? OR queued_at_ms > ?) ORDER BY seq LIMIT 1`,
      ...[channelId, wallMs, wallMs],
    );
    return row && deliveryOf(row);
  }

  /** When the next may go of those that are held, wall time in ms; null if none is. */
  nextHeldMs(channelId: string): number | null {
    const row = this.#store.get<{ ms: number | null }>(
      "SELECT min(not_before_ms) AS ms FROM notification_deliveries WHERE channel_id = ? AND state = 'waiting'",
      channelId,
    );
    return row?.ms ?? null;
  }

  waiting(channelId: string): number {
    const row = this.#store.get<{ n: number }>(
      "SELECT count(*) AS n FROM notification_deliveries WHERE channel_id = ? AND state = 'waiting'",
      channelId,
    );
    return row?.n ?? 0;
  }

  /** Takes back what was never tried and is not true any more; whether there was such. */
  withdraw(channelId: string, noticeId: string, nowMs: number): boolean {
    const { changes } = this.#store.run(
      `DELETE FROM notification_deliveries
       WHERE channel_id = ? AND notice_id = ? AND state = 'waiting' AND attempts = 0 AND not_before_ms > ?`,
      ...[channelId, noticeId, Math.floor(nowMs)],
    );
    return changes > 0;
  }

  /** It is about to be sent: from now on it may have been taken. */
  noteAttempt(seq: number): void {
    this.#store.run('UPDATE notification_deliveries SET attempts = attempts + 1 WHERE seq = ?', seq);
  }

  noteFailure(seq: number, failure: string): void {
    this.#store.run('UPDATE notification_deliveries SET failure = ? WHERE seq = ?', failure, seq);
  }

  /** It was taken, or is too old to be of use to anybody. */
  end({ seq, channelId }: DeliveryRecord, state: 'delivered' | 'given_up', nowMs: number): void {
    this.#store.run(
      'UPDATE notification_deliveries SET state = ?, ended_at_ms = ? WHERE seq = ?',
      ...[state, Math.floor(nowMs), seq],
    );
    this.#store.run(
      `DELETE FROM notification_deliveries WHERE channel_id = ? AND state <> 'waiting' AND seq <=
         (SELECT seq FROM notification_deliveries WHERE channel_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
      ...[channelId, channelId, KEPT],
    );
  }

  /** Newest first. */
  list(channelId: string, page: z.infer<typeof Page>): PageOf<DeliveryRecord> {
    const rows = this.#store.all<DeliveryRow>(
      'SELECT * FROM notification_deliveries WHERE channel_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
      ...[channelId, seqBefore(page), page.limit + 1],
    );
    return pageOf(rows, page, deliveryOf);
  }
}

const deliveryOf = (row: DeliveryRow): DeliveryRecord => ({
  seq: row.seq,
  channelId: row.channel_id,
  notice: JSON.parse(row.notice) as Notice,
  queuedAtMs: row.queued_at_ms,
  notBeforeMs: row.not_before_ms,
  state: row.state,
  attempts: row.attempts,
  endedAtMs: row.ended_at_ms,
  failure: row.failure,
});
