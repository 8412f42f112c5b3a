import type { MqttUserKind } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';

export interface MqttUserRow {
  readonly username: string;
  readonly kind: MqttUserKind;
  /** Of a device, and of no other kind. */
  readonly deviceId: string | null;
  readonly passwordHash: string;
  readonly createdAtMs: number;
}

const COLUMNS =
  'name AS username, kind, device_id AS deviceId, password_hash AS passwordHash, created_at_ms AS createdAtMs';

/** The table `mqtt_users`. Users come and go, and are never changed. */
export class MqttUserStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(username: string): MqttUserRow | undefined {
    return this.#store.get(`SELECT ${COLUMNS} FROM mqtt_users WHERE name = ?`, username);
  }

  list(): MqttUserRow[] {
    return this.#store.all(`SELECT ${COLUMNS} FROM mqtt_users ORDER BY name`);
  }

  count(): number {
    return this.#store.get<{ count: number }>('SELECT count(*) AS count FROM mqtt_users')?.count ?? 0;
  }

  /** False if the name is in use. */
  create({ username, kind, deviceId, passwordHash, createdAtMs }: MqttUserRow): boolean {
    const { changes } = this.#store.run(
      'INSERT INTO mqtt_users VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      username,
      kind,
      deviceId,
      passwordHash,
      Math.floor(createdAtMs),
    );
    return changes === 1;
  }

  remove(username: string): void {
    this.#store.run('DELETE FROM mqtt_users WHERE name = ?', username);
  }
}
