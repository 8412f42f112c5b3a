import type { TopicName } from '@perista/protocol/mqtt';
import type { Store } from '../store/store.ts';

/** A message as it will be published; it was composed when the event happened and never changes. */
export interface QueuedMessage {
  readonly id: number;
  readonly topic: Extract<TopicName, 'events' | 'errors'>;
  readonly body: string;
  readonly queued_at_ms: number;
}

/** What the broker is still owed, in the order in which it happened. */
export class MqttQueueStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  add({ topic, body, queued_at_ms }: Omit<QueuedMessage, 'id'>): void {
    this.#store.run('INSERT INTO mqtt_queue (topic, body, queued_at_ms) VALUES (?, ?, ?)', topic, body, queued_at_ms);
  }

  first(): QueuedMessage | undefined {
    return this.#store.get('SELECT * FROM mqtt_queue ORDER BY id LIMIT 1');
  }

  remove(id: number): void {
    this.#store.run('DELETE FROM mqtt_queue WHERE id = ?', id);
  }

  count(): number {
    return this.#store.get<{ count: number }>('SELECT count(*) AS count FROM mqtt_queue')?.count ?? 0;
  }
}
