import { EntityId } from '@perista/protocol/api';
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

export interface ClientDoorPorts {
  /** Whether those without a name are let in. */
  readonly letsAnonymousIn: boolean;
}

/** Who may come in, and as whom. */
export class ClientDoor {
  readonly #ports: ClientDoorPorts;

  constructor(ports: ClientDoorPorts) {
    this.#ports = ports;
  }

  async admit({ clientId, username }: Knock): Promise<Admission> {
    if (username !== undefined) return refused('wrong-login', 'nobody has this name');
    if (!this.#ports.letsAnonymousIn)
      return refused('login-needed', 'it says no name, and beyond this machine all must');
    const deviceId = EntityId.safeParse(clientId).success ? clientId : null;
    return { kind: 'admitted', principal: { kind: 'anonymous', deviceId } };
  }
}

const refused = (because: RefusalKind, reason: string): Admission => ({ kind: 'refused', because, reason });
