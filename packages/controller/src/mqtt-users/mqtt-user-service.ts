import { type Clock, PeristaError, type Random, randomHex } from '@perista/core';
import type { CreatedMqttUser, MqttUser, MqttUserList, NewMqttUser } from '@perista/protocol/api';
import type { Hasher } from '../auth/hasher.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { Actor, EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type MqttUserRow, MqttUserStore } from './mqtt-user-store.ts';

export interface MqttUserServicePorts {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Pick<EventLog, 'append'>;
  /** Whether the unit uses the broker that it brings along. */
  readonly isEmbedded: boolean;
}

const MOST_USERS = 1_000;
const PASSWORD_BYTES = 16;

/** What an administrator does to the users of the embedded broker. That one sees by itself who is gone. */
export class MqttUserService {
  readonly #ports: MqttUserServicePorts;
  readonly #users: MqttUserStore;

  constructor(ports: MqttUserServicePorts) {
    this.#ports = ports;
    this.#users = new MqttUserStore(ports.store);
  }

  list(): MqttUserList {
    return { items: this.#users.list().map(viewOf), embedded: this.#ports.isEmbedded };
  }

  /** @throws E406 if the name is in use, or there are too many */
  async create({ name, kind, device_id, password }: NewMqttUser, actor: Actor): Promise<CreatedMqttUser> {
    const { store, hasher, clock, random, events } = this.#ports;
    const made = password === undefined ? randomHex(random, PASSWORD_BYTES) : null;
    const passwordHash = await hasher.hash(password ?? made ?? '');
    const deviceId = device_id ?? null;
    const row = { username: name, kind, deviceId, passwordHash, createdAtMs: Math.floor(clock.wallMs()) };
    store.transaction(() => {
      if (this.#users.count() >= MOST_USERS) {
        throw new PeristaError('E406', `There are ${MOST_USERS} MQTT users, the most; remove one first`);
      }
      if (!this.#users.create(row)) {
        throw new PeristaError('E406', `There is already an MQTT user ${name}; remove it or choose another name`);
      }
      const data = { name, kind, device_id: deviceId };
      events.append({ kind: 'mqtt_user_created', severity: 'warning', actor: actor.name, data });
    });
    return { ...viewOf(row), password: made };
  }

  /** @throws E404 for an unknown user */
  remove(name: string, actor: Actor): void {
    const { store, events } = this.#ports;
    store.transaction(() => {
      const user = this.#users.get(name);
      if (user === undefined) throw new PeristaError('E404', `There is no MQTT user ${name}`);
      this.#users.remove(name);
      const data = { name, kind: user.kind, device_id: user.deviceId };
      events.append({ kind: 'mqtt_user_removed', severity: 'warning', actor: actor.name, data });
    });
  }
}

const viewOf = ({ username, kind, deviceId, createdAtMs }: MqttUserRow): MqttUser => ({
  ...{ name: username, kind, device_id: deviceId },
  created_at: timestamp(createdAtMs),
});
