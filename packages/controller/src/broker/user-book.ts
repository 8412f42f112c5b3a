import { type MqttUserRow, MqttUserStore } from '../mqtt-users/mqtt-user-store.ts';
import type { Store } from '../store/store.ts';

/** The users in the controller's database, as the broker reads them: opened when they are needed, and anew after a failure. */
export class UserBook {
  readonly #open: () => Store;
  #store: Store | null = null;

  constructor(open: () => Store) {
    this.#open = open;
  }

  /** @throws E301 while the database is not there or cannot be read */
  get(username: string): MqttUserRow | undefined {
    return this.#read((users) => users.get(username));
  }

  /** @throws E301 */
  list(): MqttUserRow[] {
    return this.#read((users) => users.list());
  }

  close(): void {
    this.#store?.close();
    this.#store = null;
  }

  #read<Answer>(ask: (users: MqttUserStore) => Answer): Answer {
    this.#store ??= this.#open();
    try {
      return ask(new MqttUserStore(this.#store));
    } catch (error) {
      this.close();
      throw error;
    }
  }
}
