import { type Clock, isPeristaError, type Log } from '@perista/core';
import type { EventQuery, LogEvent } from '@perista/protocol/api';
import { pageOf, seqBefore } from '../ledger/paging.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { failureFields } from '../log-fields.ts';
import type { EventLog, NewLogEvent, PageOf } from '../services.ts';
import type { SqlValue, Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';

interface EventRow extends Omit<LogEvent, 'at' | 'data'> {
  readonly at_ms: number;
  readonly data: string;
}

/** Events read in one go when they are published or delivered. */
export const BATCH = 100;

/**
 * The event log: rows are written in the transaction of what they tell and never change, so `seq` has no gaps. After
 * the commit they are published on the bus, in order, read back from the database.
 */
export class StoredEventLog implements EventLog {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #bus: EventBus;
  readonly #log: Log;
  #publishedSeq: number;
  #isDue = false;

  constructor(ports: { store: Store; clock: Clock; bus: EventBus; log: Log }) {
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#bus = ports.bus;
    this.#log = ports.log;
    this.#publishedSeq = this.lastSeq();
  }

  append(event: NewLogEvent): void {
    try {
      this.#insert(event);
    } finally {
      // A write that fails may still be durable.
      this.#publishSoon();
    }
  }

  list(query: EventQuery): PageOf<LogEvent> {
    const filters: [string, SqlValue][] = [['seq < ?', seqBefore(query)]];
    if (query.pump_id !== undefined) filters.push(['pump_id = ?', query.pump_id]);
    if (query.kind !== undefined) filters.push(['kind = ?', query.kind]);
    if (query.actor !== undefined) filters.push(['actor = ?', query.actor]);
    const rows = this.#store.all<EventRow>(
      `SELECT * FROM events WHERE ${filters.map(([clause]) => clause).join(' AND ')} ORDER BY seq DESC LIMIT ?`,
      ...filters.map(([, param]) => param),
      query.limit + 1,
    );
    return pageOf(rows, query, eventView);
  }

  /** The next {@link BATCH} events after `seq`, oldest first: what a sink that has seen up to `seq` is owed. */
  after(seq: number): LogEvent[] {
    // SQLite prepares a statement anew each time a limit is bound.
    return this.#store
      .all<EventRow>(`SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`, seq)
      .map(eventView);
  }

  lastSeq(): number {
    return this.#store.get<{ seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM events')?.seq ?? 0;
  }

  #insert(event: NewLogEvent): void {
    this.#store.run(
      'INSERT INTO events (at_ms, kind, severity, pump_id, dose_id, actor, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
      Math.floor(this.#clock.wallMs()),
      event.kind,
      event.severity ?? 'info',
      event.pump_id ?? null,
      event.dose_id ?? null,
      event.actor ?? null,
      JSON.stringify(event.data ?? {}),
    );
  }

  /** Transactions are synchronous, so a microtask sees what was committed and nothing else. */
  #publishSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#publish();
    });
  }

  #publish(): void {
    try {
      let batch: LogEvent[];
      do {
        batch = this.after(this.#publishedSeq);
        for (const event of batch) {
          this.#publishedSeq = event.seq;
          this.#bus.publish('event', event);
        }
      } while (batch.length === BATCH);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#log.error(failureFields(error), 'events wait in the log: it could not be read');
    }
  }
}

const eventView = ({ at_ms, data, ...row }: EventRow): LogEvent => ({
  ...row,
  at: timestamp(at_ms),
  data: JSON.parse(data) as LogEvent['data'],
});
