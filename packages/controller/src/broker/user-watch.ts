import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import { failureFields } from '../log-fields.ts';
import type { MqttUserRow } from '../mqtt-users/mqtt-user-store.ts';
import type { AedesBroker } from './aedes-broker.ts';
import type { MqttPrincipal } from './topic-rights.ts';

/** Whoever was removed is gone after so long. */
const LOOKS_EVERY_MS = 1_000;

export interface UserWatchPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly users: { list(): readonly MqttUserRow[] };
  readonly broker: Pick<AedesBroker, 'endThose'>;
}

/** Ends the connections of users who were removed, and of those who spoke for a device that has a user now. */
export function watchUsers({ clock, log, users, broker }: UserWatchPorts): { stop(): void } {
  let cancel: Cancel = () => {};
  const look = () => {
    try {
      const all = users.list();
      broker.endThose((principal) => !mayStay(principal, all));
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      // The controller says what is wrong with its database, and nobody can be removed meanwhile.
      log.debug(failureFields(error), 'could not read the users of MQTT');
    }
    cancel = clock.after(LOOKS_EVERY_MS, look);
  };
  cancel = clock.after(LOOKS_EVERY_MS, look);
  return { stop: () => cancel() };
}

function mayStay(principal: MqttPrincipal, users: readonly MqttUserRow[]): boolean {
  if (principal.kind === 'controller') return true;
  if (principal.kind === 'anonymous')
    return users.every(({ deviceId }) => deviceId === null || deviceId !== principal.deviceId);
  const { name, createdAtMs } = principal;
  // One who came again under the same name is somebody else.
  return users.some((user) => user.username === name && user.createdAtMs === createdAtMs);
}
