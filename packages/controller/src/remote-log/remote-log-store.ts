import type { RemoteEvent } from '@perista/protocol/remote-log';
import type { Store } from '../store/store.ts';

/** An event as it will be posted; it was composed when it happened and never changes. */
export interface QueuedEvent {
  readonly seq: number;
  readonly body: string;
  readonly queued_at_ms: number;
}

/** What the remote log is still owed, in the order in which it happened. */
export class RemoteLogStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  add(seq: number, event: RemoteEvent): void {
    this.#store.run(
      'INSERT INTO remote_log (seq, body, queued_at_ms) VALUES (?, ?, ?)',
      seq,
      JSON.stringify(event),
      event.unix_time * 1000,
    );
  }

  first(): QueuedEvent | undefined {
    return this.#store.get('SELECT * FROM remote_log ORDER BY seq LIMIT 1');
  }

  remove(seq: number): void {
    this.#store.run('DELETE FROM remote_log WHERE seq = ?', seq);
  }

  count(): number {
    return this.#store.get<{ count: number }>('SELECT count(*) AS count FROM remote_log')?.count ?? 0;
  }
}
