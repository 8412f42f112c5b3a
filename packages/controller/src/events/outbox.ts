import type { LogEvent } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';
import type { StoredEventLog } from './event-log.ts';

/**
 * What one sink (the notices, the remote log) has not taken yet. The event log is the queue; each sink keeps its place
 * in it, so that no event is missed or taken twice, whatever died meanwhile.
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

  /**
   * Hands over all that was not taken, oldest first. What `hear` writes and the sink's place are one transaction: if it
   * throws, the whole batch is handed over again.
   */
  take(hear: (event: LogEvent) => void): void {
    for (;;) {
      const events = this.#events.after(this.#takenSeq());
      const last = events.at(-1);
      if (last === undefined) return;
      this.#store.transaction(() => {
        for (const event of events) hear(event);
        this.#store.run('UPDATE outbox SET delivered_seq = ? WHERE sink = ?', last.seq, this.#sink);
      });
    }
  }

  #takenSeq(): number {
    const row = this.#store.get<{ delivered_seq: number }>(
      'SELECT delivered_seq FROM outbox WHERE sink = ?',
      this.#sink,
    );
    return row?.delivered_seq ?? 0;
  }
}
