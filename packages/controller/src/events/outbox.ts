import type { LogEvent } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';
import type { StoredEventLog } from './event-log.ts';

/**
 * What one sink outside (a broker, a remote log) is still owed. The event log is the queue; each sink keeps its place
 * in it, so that every event is delivered at least once and in order, however long the sink was away.
 */
export class Outbox {
  readonly #store: Store;
  readonly #events: StoredEventLog;
  readonly #sink: string;

  /** A sink that is new begins with what happens from now on. */
  constructor(ports: { store: Store; events: StoredEventLog }, sink: string) {
    this.#store = ports.store;
    this.#events = ports.events;
    this.#sink = sink;
    this.#store.run('INSERT INTO outbox VALUES (?, ?) ON CONFLICT DO NOTHING', sink, this.#events.lastSeq());
  }

  /** The oldest events that were not acknowledged. */
  pending(limit: number): LogEvent[] {
    return this.#events.after(this.#deliveredSeq(), limit);
  }

  /** All events up to `seq` have arrived there. */
  acknowledge(seq: number): void {
    this.#store.run('UPDATE outbox SET delivered_seq = max(delivered_seq, ?) WHERE sink = ?', seq, this.#sink);
  }

  #deliveredSeq(): number {
    const row = this.#store.get<{ delivered_seq: number }>(
      'SELECT delivered_seq FROM outbox WHERE sink = ?',
      this.#sink,
    );
    return row?.delivered_seq ?? 0;
  }
}
