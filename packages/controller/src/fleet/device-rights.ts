import { PeristaError } from '@perista/core';
import type { DeviceRights } from '@perista/protocol/api';
import type { EventBus } from '../events/event-bus.ts';
import type { Actor, EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { DeviceGate } from './fleet-ports.ts';

interface DeviceRightsPorts {
  readonly store: Store;
  readonly bus: EventBus;
  readonly events: Pick<EventLog, 'append'>;
}

/** Who may see which devices: administrators all of them, others what they were given. Tokens may what their users may. */
export class DeviceRightsService implements DeviceGate {
  readonly #ports: DeviceRightsPorts;

  constructor(ports: DeviceRightsPorts) {
    this.#ports = ports;
  }

  mayWatch(username: string, deviceId: string): boolean {
    const { store } = this.#ports;
    return (
      this.#mayAll(username) ||
      store.get('SELECT 1 FROM device_rights WHERE username = ? AND device_id = ?', username, deviceId) !== undefined
    );
  }

  assertMayWatch(username: string, deviceId: string): void {
    if (this.mayWatch(username, deviceId)) return;
    throw new PeristaError('E403', `${username} was not given the device ${deviceId}`);
  }

  /** The ids; null: all that there are and will be. */
  visibleTo(username: string): ReadonlySet<string> | null {
    return this.#mayAll(username) ? null : new Set(this.#given(username));
  }

  /** @throws E404 for an unknown user */
  read(username: string): DeviceRights {
    this.#assertUser(username);
    return { all: this.#isGivenAll(username), deviceIds: this.#given(username) };
  }

  /** All of it anew; what somebody watches without a right then ends. @throws E404 for an unknown user */
  replace(username: string, { all, deviceIds }: DeviceRights, actor: Actor): DeviceRights {
    const { store, bus, events } = this.#ports;
    const ids = [...new Set(deviceIds)];
    store.transaction(() => {
      const before = this.read(username);
      store.run('DELETE FROM device_rights WHERE username = ?', username);
      store.run('DELETE FROM device_rights_to_all WHERE username = ?', username);
      if (all) store.run('INSERT INTO device_rights_to_all (username) VALUES (?)', username);
      for (const id of ids) store.run('INSERT INTO device_rights (username, device_id) VALUES (?, ?)', username, id);
      const data = { username, before: { all: before.all, devices: before.deviceIds.length } };
      events.append({
        kind: 'user_changed',
        severity: 'warning',
        actor: actor.name,
        data: { ...data, after: { all, devices: ids.length } },
      });
    });
    bus.publish('device-rights', { username });
    return this.read(username);
  }

  #given(username: string): string[] {
    return this.#ports.store
      .all<{ device_id: string }>('SELECT device_id FROM device_rights WHERE username = ?', username)
      .map(({ device_id }) => device_id);
  }

  #mayAll(username: string): boolean {
    const { store } = this.#ports;
    const isAdmin = store.get(`SELECT 1 FROM users WHERE username = ? AND role = 'admin'`, username) !== undefined;
    return isAdmin || this.#isGivenAll(username);
  }

  #isGivenAll(username: string): boolean {
    return this.#ports.store.get('SELECT 1 FROM device_rights_to_all WHERE username = ?', username) !== undefined;
  }

  #assertUser(username: string): void {
    if (this.#ports.store.get('SELECT 1 FROM users WHERE username = ?', username) === undefined) {
      throw new PeristaError('E404', `There is no user ${username}`);
    }
  }
}
