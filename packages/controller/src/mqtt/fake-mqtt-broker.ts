import { VirtualClock } from '@perista/core';
import type { Arrival, MqttConnection, MqttDial, MqttFailure, Publication } from './mqtt-port.ts';
import { VirtualBroker } from './virtual-broker.ts';

/** The virtual broker with all that it took in hand, for a test. What it is sent arrives at once. */
export class FakeMqttBroker {
  readonly address: string;
  /** Everything that it took, in order, wills too. */
  readonly taken: Publication[] = [];
  /** It does not know whoever comes. */
  isWary = false;
  /** So many of the next messages are lost with the connection. */
  losses = 0;
  readonly #broker = new VirtualBroker(new VirtualClock(), (publication) => this.taken.push(publication));

  constructor() {
    this.address = this.#broker.address;
  }

  /** What it keeps for whoever comes later, by topic. */
  get retained(): ReadonlyMap<string, string> {
    return new Map([...this.#broker.retained].map(([topic, { bytes }]) => [topic, new TextDecoder().decode(bytes)]));
  }

  get dials(): number {
    return this.#broker.dials;
  }

  set isAway(isAway: boolean) {
    this.#broker.change({ isAway });
  }

  /** It keeps its connections, and answers nothing. */
  set isFrozen(isFrozen: boolean) {
    this.#broker.change({ isFrozen });
  }

  async dial(dial: MqttDial): Promise<MqttConnection | MqttFailure> {
    if (this.isWary) return { code: 'E309', cause: 'login', reason: 'Connection refused: Not authorized' };
    const dialled = await this.#broker.dial(dial);
    if (!('publish' in dialled)) return dialled;
    return {
      ...dialled,
      publish: (publication) => (this.#isLost() ? Promise.resolve(false) : dialled.publish(publication)),
    };
  }

  /** All connections are lost, and their wills published. */
  lose(): void {
    this.#broker.lose();
  }

  /** Somebody publishes; a body that is no text is sent as JSON. */
  deliver(topic: string, body: unknown, more: Partial<Arrival> = {}): void {
    const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
    this.#broker.deliver({ topic, bytes, retain: false, dup: false, ...more });
  }

  /** Bodies on a topic, as JSON. */
  on(topic: string): Record<string, unknown>[] {
    return this.taken.filter((each) => each.topic === topic).map(({ body }) => JSON.parse(body));
  }

  #isLost(): boolean {
    if (this.losses === 0) return false;
    this.losses--;
    this.lose();
    return true;
  }
}
