import { type Clock, sleep } from '@perista/core';
import type { Arrival, MqttBroker, MqttConnection, MqttDial, MqttFailure, Publication } from './mqtt-port.ts';
import { OrderedPipe } from './ordered-pipe.ts';

/** How a broker and the ways to it are. */
export interface BrokerConditions {
  /** Nobody listens there. */
  isAway: boolean;
  /** It keeps its connections and answers nothing; what is sent meanwhile arrives when it thaws. */
  isFrozen: boolean;
  /** What is sent takes so long each way, ms; messages of one connection never overtake each other. */
  delayMs: () => number;
  /** It keeps what a client did not acknowledge, or was away for, though it was told to keep nothing. */
  keepsSessions: boolean;
  /** What it publishes to a client comes twice, the second time marked. */
  doubles: boolean;
}

export const SOUND_BROKER: BrokerConditions = {
  ...{ isAway: false, isFrozen: false, keepsSessions: false, doubles: false },
  delayMs: () => 0,
};

/** Whoever is not answered for so long takes the connection for lost, ms. */
const DIAL_LIMIT_MS = 10_000;
const GONE: MqttFailure = { code: 'E309', cause: 'other', reason: 'it closed the connection' };
const TAKEN_OVER: MqttFailure = { code: 'E309', cause: 'other', reason: 'another unit came under the same name' };

/** With the properties that it was published with. */
type Retained = Omit<Arrival, 'topic' | 'retain' | 'dup'>;

interface Link {
  readonly dial: MqttDial;
  readonly wants: (topic: string) => boolean;
  readonly up: OrderedPipe;
  readonly down: OrderedPipe;
  /** Messages that its client has not acknowledged, oldest first. */
  readonly unacknowledged: Set<Arrival>;
  /** Publications that wait for their acknowledgement. */
  readonly waiting: Set<(taken: boolean) => void>;
}

/** A broker in memory on a clock, as sound or as ill as its conditions: what it does follows from what is asked of it. */
export class VirtualBroker implements MqttBroker {
  readonly address = 'mqtt://broker.test:1883';
  readonly conditions: BrokerConditions = { ...SOUND_BROKER };
  /** What it keeps for whoever comes later, by topic. */
  readonly retained = new Map<string, Retained>();
  dials = 0;
  readonly #clock: Clock;
  readonly #hear: (publication: Publication) => void;
  readonly #links = new Map<string, Link>();
  /** What waits for clients that are away, by their ids. */
  readonly #kept = new Map<string, Arrival[]>();

  /** `hear` is told of everything that it takes from its clients, in order, wills too. */
  constructor(clock: Clock, hear: (publication: Publication) => void) {
    this.#clock = clock;
    this.#hear = hear;
  }

  change(conditions: Partial<BrokerConditions>): void {
    Object.assign(this.conditions, conditions);
    for (const { up, down } of this.#links.values()) {
      up.look();
      down.look();
    }
  }

  /** Something is on its way, in either direction. */
  get isBusy(): boolean {
    return [...this.#links.values()].some(({ up, down }) => !up.isEmpty || !down.isEmpty);
  }

  async dial(dial: MqttDial): Promise<MqttConnection | MqttFailure> {
    this.dials++;
    if (this.conditions.isFrozen) {
      await sleep(this.#clock, DIAL_LIMIT_MS);
      return { code: 'E309', cause: 'unreachable', reason: 'it does not answer' };
    }
    const delayMs = this.conditions.delayMs();
    if (delayMs > 0) await sleep(this.#clock, delayMs);
    if (this.conditions.isAway) return { code: 'E309', cause: 'unreachable', reason: 'connect ECONNREFUSED' };
    this.takeOver(dial.clientId);
    const pipe = () => new OrderedPipe(this.#clock, this.conditions);
    const [up, down, wants] = [pipe(), pipe(), wantedBy(dial)];
    const link: Link = { dial, wants, up, down, unacknowledged: new Set(), waiting: new Set() };
    this.#links.set(dial.clientId, link);
    this.#welcome(link);
    return this.#connection(link);
  }

  /** Somebody comes under the name of a client, which is pushed off if it is there. */
  takeOver(clientId: string): void {
    const link = this.#links.get(clientId);
    if (link !== undefined) this.#lose(link, TAKEN_OVER);
  }

  /** All connections are lost, and their wills published. */
  lose(): void {
    for (const link of [...this.#links.values()]) this.#lose(link, GONE);
  }

  /** It starts anew and remembers nothing. */
  forget(): void {
    this.lose();
    this.retained.clear();
    this.#kept.clear();
  }

  /** Somebody publishes. What is retained is kept, and an empty one removes what was. */
  publish(message: Pick<Arrival, 'topic' | 'bytes' | 'retain'> & Partial<Arrival>): void {
    const { topic, retain, dup: _, ...kept } = message;
    if (this.conditions.isAway) return;
    if (retain && kept.bytes.length === 0) this.retained.delete(topic);
    else if (retain) this.retained.set(topic, kept);
    // Only who subscribes later is told that it was retained.
    this.deliver({ dup: false, ...message, retain: false });
  }

  /** Hands it to whoever subscribes to its topic, as it is. */
  deliver(arrival: Arrival): void {
    for (const link of this.#links.values()) if (link.wants(arrival.topic)) this.#push(link, arrival);
    for (const [clientId, waiting] of this.#kept) {
      if (this.conditions.keepsSessions && !this.#links.has(clientId)) waiting.push(arrival);
    }
  }

  /** First what waited for it, marked as sent before, then what is retained. */
  #welcome(link: Link): void {
    const { clientId } = link.dial;
    const waiting = this.#kept.get(clientId) ?? [];
    this.#kept.delete(clientId);
    if (this.conditions.keepsSessions) for (const each of waiting) this.#push(link, { ...each, dup: true });
    for (const [topic, kept] of this.retained) {
      if (link.wants(topic)) this.#push(link, { topic, ...kept, retain: true, dup: false });
    }
  }

  #push(link: Link, arrival: Arrival): void {
    link.unacknowledged.add(arrival);
    link.down.push(() => {
      link.dial.onArrival(arrival);
      if (this.conditions.doubles) link.dial.onArrival({ ...arrival, dup: true });
      link.up.push(() => link.unacknowledged.delete(arrival));
    });
  }

  #connection(link: Link): MqttConnection {
    const { clientId } = link.dial;
    const isOpen = () => this.#links.get(clientId) === link;
    return {
      publish: (publication) => {
        if (!isOpen()) return Promise.resolve(false);
        const take = () => this.#take(publication);
        if (publication.qos === 0) {
          // What is acknowledged by nobody counts as handed over.
          link.up.push(take);
          return Promise.resolve(true);
        }
        return new Promise((resolve) => {
          link.waiting.add(resolve);
          link.up.push(() => {
            take();
            link.down.push(() => {
              link.waiting.delete(resolve);
              resolve(true);
            });
          });
        });
      },
      close: () => {
        if (!isOpen()) return Promise.resolve();
        return new Promise((resolve) => {
          link.waiting.add(() => resolve());
          link.up.push(() => this.#cut(link));
        });
      },
      drop: () => {
        if (isOpen()) this.#cutWithWill(link);
      },
    };
  }

  #lose(link: Link, failure: MqttFailure): void {
    this.#cutWithWill(link);
    link.dial.onLost(failure);
  }

  #cutWithWill(link: Link): void {
    this.#cut(link);
    if (link.dial.will !== undefined) this.#take(link.dial.will);
  }

  #cut(link: Link): void {
    const { clientId, filters } = link.dial;
    this.#links.delete(clientId);
    if (filters.length > 0) this.#kept.set(clientId, [...link.unacknowledged]);
    link.up.close();
    link.down.close();
    for (const give of [...link.waiting]) give(false);
  }

  #take(publication: Publication): void {
    const { topic, body, retain } = publication;
    const bytes = new TextEncoder().encode(body);
    if (retain) this.retained.set(topic, { bytes });
    if (retain && body === '') this.retained.delete(topic);
    this.#hear(publication);
    for (const link of this.#links.values()) {
      if (link.wants(topic)) this.#push(link, { topic, bytes, retain: false, dup: false });
    }
  }
}

/** Whether any of the filters is for a topic. */
function wantedBy({ filters, wishes = [] }: MqttDial): (topic: string) => boolean {
  const all = [...filters, ...wishes];
  const topics = new Set(all.filter((filter) => !filter.includes('+')));
  const patterns = all.filter((filter) => filter.includes('+')).map((filter) => filter.split('/'));
  return (topic) => {
    if (topics.has(topic)) return true;
    const levels = topic.split('/');
    return patterns.some((wanted) => wanted.length === levels.length && wanted.every(isLevel(levels)));
  };
}

const isLevel = (levels: readonly string[]) => (wanted: string, place: number) =>
  wanted === '+' || wanted === levels[place];
