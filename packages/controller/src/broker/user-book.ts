import type { Clock } from '@perista/core';
import { type MqttUserRow, MqttUserStore } from '../mqtt-users/mqtt-user-store.ts';
import type { Store } from '../store/store.ts';

/** Who knocks often is judged by what was read within so long. */
const RECENT_MS = 1_000;

export interface UserBookPorts {
  readonly clock: Clock;
  /** Opens the database to read. */
  readonly open: () => Store;
}

/**
 * The users in the controller's database, as the broker reads them. It holds the database for no longer than it reads: who
 * closes a database last puts it into one file, and that shall be the controller.
 */
export class UserBook {
  readonly #ports: UserBookPorts;
  #recent: { readonly atMs: number; readonly users: readonly MqttUserRow[] } | null = null;

  constructor(ports: UserBookPorts) {
    this.#ports = ports;
  }

  /** @throws E301 while the database is not there or cannot be read */
  get(username: string): MqttUserRow | undefined {
    return this.#read((users) => users.get(username));
  }

  /** @throws E301 */
  list(): readonly MqttUserRow[] {
    const users = this.#read((table) => table.list());
    this.#recent = { atMs: this.#ports.clock.monotonicMs(), users };
    return users;
  }

  /** Devices that somebody speaks for with a password. @throws E301 */
  boundDevices(): string[] {
    const recent = this.#recent;
    const isFresh = recent !== null && this.#ports.clock.monotonicMs() - recent.atMs < RECENT_MS;
    return (isFresh ? recent.users : this.list()).flatMap(({ deviceId }) => deviceId ?? []);
  }

  #read<Answer>(ask: (users: Pick<MqttUserStore, 'get' | 'list'>) => Answer): Answer {
    const store = this.#ports.open();
    try {
      return ask(new MqttUserStore(store));
    } finally {
      store.close();
    }
  }
}
