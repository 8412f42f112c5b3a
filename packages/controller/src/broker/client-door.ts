import { isPeristaError } from '@perista/core';
import { DeviceId } from '@perista/protocol/fleet';
import type { PasswordCheck } from '../auth/password-check.ts';
import type { MqttUserRow } from '../mqtt-users/mqtt-user-store.ts';
import type { MqttPrincipal } from './topic-rights.ts';

/** Whoever wants in, and what it says of itself. */
export interface Knock {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly address: string;
}

/** Why somebody is not let in, as MQTT tells it. */
export type RefusalKind = 'wrong-login' | 'login-needed' | 'client-id' | 'busy';

export type Admission =
  | { readonly kind: 'admitted'; readonly principal: MqttPrincipal }
  | { readonly kind: 'refused'; readonly because: RefusalKind; readonly reason: string };

/** A fleet that comes back at once from behind one address may knock; somebody who guesses may not for long. */
export const KNOCK_RULES = {
  account: { attempts: 10, windowMs: 60_000, longestShutMs: 5 * 60_000 },
  address: { attempts: 600, windowMs: 60_000, longestShutMs: 5 * 60_000 },
} as const;

export interface ClientDoorPorts {
  /** Whether those without a name are let in. */
  readonly letsAnonymousIn: boolean;
  readonly passwords: Pick<PasswordCheck<MqttUserRow>, 'check' | 'asChecked'>;
  /** Devices that somebody speaks for with a password. */
  readonly boundDevices: () => readonly string[];
}

/** Who may come in, and as whom. */
export class ClientDoor {
  readonly #ports: ClientDoorPorts;

  constructor(ports: ClientDoorPorts) {
    this.#ports = ports;
  }

  async admit(knock: Knock): Promise<Admission> {
    try {
      return knock.username === undefined ? this.#anonymous(knock) : await this.#user(knock, knock.username);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return refused('busy', error.message);
    }
  }

  #anonymous({ clientId }: Knock): Admission {
    const { letsAnonymousIn, boundDevices } = this.#ports;
    if (!letsAnonymousIn) return refused('login-needed', 'it says no name, and beyond this machine everybody must');
    const isFree = DeviceId.safeParse(clientId).success && !boundDevices().includes(clientId);
    return admitted({ kind: 'anonymous', deviceId: isFree ? clientId : null });
  }

  async #user({ password = '', address }: Knock, username: string): Promise<Admission> {
    const { passwords } = this.#ports;
    const checked = await passwords.check({ username, password, address });
    // A password takes its time; the user may have been removed meanwhile.
    const user = checked && passwords.asChecked(checked);
    return user === undefined
      ? refused('wrong-login', 'its name or its password is wrong')
      : admitted(principalOf(user));
  }
}

function principalOf({ username: name, kind, deviceId, createdAtMs }: MqttUserRow): MqttPrincipal {
  if (kind === 'device') return { kind, name, createdAtMs, deviceId: deviceId ?? '' };
  return { kind, name, createdAtMs };
}

const admitted = (principal: MqttPrincipal): Admission => ({ kind: 'admitted', principal });
const refused = (because: RefusalKind, reason: string): Admission => ({ kind: 'refused', because, reason });
