import type { Arrival, MqttBroker, MqttConnection, MqttDial, MqttFailure, Publication } from './mqtt-port.ts';

/** A broker that can be away, refuse, or lose what it is handed. */
export class FakeMqttBroker implements MqttBroker {
  readonly address = 'mqtt://broker.test:1883';
  /** Everything that it took, in order, wills too. */
  readonly taken: Publication[] = [];
  /** What it keeps for whoever comes later, by topic. */
  readonly retained = new Map<string, string>();
  isAway = false;
  /** It keeps its connections, and answers nothing. */
  isFrozen = false;
  dials = 0;
  /** So many of the next messages are lost with the connection. */
  losses = 0;
  readonly #waiting: ((taken: boolean) => void)[] = [];
  readonly #open = new Map<MqttConnection, MqttDial>();

  async dial(dial: MqttDial): Promise<MqttConnection | MqttFailure> {
    this.dials++;
    if (this.isAway) return { code: 'E309', reason: 'connect ECONNREFUSED' };
    const connection: MqttConnection = {
      publish: async (publication) => {
        if (!this.#open.has(connection)) return false;
        // What is acknowledged by nobody counts as handed over.
        if (this.isFrozen) return publication.qos === 0 || this.#untilLost();
        if (this.losses > 0) {
          this.losses--;
          this.lose();
          return false;
        }
        this.#take(publication);
        return true;
      },
      close: async () => (this.isFrozen ? void (await this.#untilLost()) : void this.#open.delete(connection)),
      drop: () => void this.#open.delete(connection),
    };
    this.#open.set(connection, dial);
    return connection;
  }

  /** All connections are lost, and their wills published. */
  lose(): void {
    const lost = [...this.#open.values()];
    this.#open.clear();
    for (const give of this.#waiting.splice(0)) give(false);
    for (const { will, onLost } of lost) {
      this.#take(will);
      onLost({ code: 'E309', reason: 'it closed the connection' });
    }
  }

  /** Somebody publishes; a body that is no text is sent as JSON. */
  deliver(topic: string, body: unknown, more: Partial<Arrival> = {}): void {
    const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
    for (const { filters, onArrival } of this.#open.values()) {
      if (filters.some((filter) => fits(filter, topic)))
        onArrival({ topic, bytes, retain: false, dup: false, ...more });
    }
  }

  /** Bodies on a topic, as JSON. */
  on(topic: string): Record<string, unknown>[] {
    return this.taken.filter((each) => each.topic === topic).map(({ body }) => JSON.parse(body));
  }

  #untilLost(): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #take(publication: Publication): void {
    this.taken.push(publication);
    if (publication.retain) this.retained.set(publication.topic, publication.body);
  }
}

function fits(filter: string, topic: string): boolean {
  const [wanted, levels] = [filter.split('/'), topic.split('/')];
  return wanted.length === levels.length && wanted.every((level, place) => level === '+' || level === levels[place]);
}
