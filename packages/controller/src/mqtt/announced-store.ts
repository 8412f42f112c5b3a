import type { Store } from '../store/store.ts';

/** Topics on which devices were announced and not withdrawn yet: those of pumps that are gone must go, too. */
export class AnnouncedStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(): string[] {
    const rows = this.#store.all<{ topic: string }>('SELECT topic FROM home_assistant_devices ORDER BY topic');
    return rows.map(({ topic }) => topic);
  }

  add(topic: string): void {
    this.#store.run('INSERT INTO home_assistant_devices (topic) VALUES (?) ON CONFLICT DO NOTHING', topic);
  }

  remove(topic: string): void {
    this.#store.run('DELETE FROM home_assistant_devices WHERE topic = ?', topic);
  }
}
