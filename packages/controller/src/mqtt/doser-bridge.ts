import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import {
  DOSER_TOPICS,
  errorMessage,
  eventMessage,
  LAYOUTS,
  type Layout,
  orderFilters,
  parseTopic,
  type TopicName,
  topicOf,
} from '@perista/protocol/mqtt';
import { inBackground, tolerant } from '../background.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { StoredEventLog } from '../events/event-log.ts';
import { Outbox } from '../events/outbox.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { NumberedDelta } from '../live/delta.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import { Viewer, type ViewerLine } from '../live/viewer.ts';
import { failureFields } from '../log-fields.ts';
import type { ControllerServices } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type LastingLine, lastingLine } from './lasting-line.ts';
import type { Arrival, MqttBroker, MqttFailure, Publication } from './mqtt-port.ts';
import { MqttQueueStore, type QueuedMessage } from './mqtt-queue-store.ts';
import { OrderDoor, type Reply } from './order-door.ts';
import { RecentMessages } from './recent-messages.ts';
import { StatusBoard } from './status-board.ts';

export interface DoserBridgePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: StoredEventLog;
  readonly feed: LiveFeed;
  readonly services: ControllerServices;
  readonly isAgentPresent: () => boolean;
  readonly isClockTrusted: () => boolean;
  readonly broker: MqttBroker;
  readonly doserId: string;
}

/** How it stands with the broker. */
export interface BrokerStanding {
  readonly state: 'connecting' | 'connected' | 'refused';
  /** For how long it has been so, ms. */
  readonly forMs: number;
  readonly failure: MqttFailure | null;
  /** Messages that are owed. */
  readonly waiting: number;
  readonly recent: RecentMessages;
}

const SINK = 'mqtt';
/** Of a message that came in, for people who look. */
const MOST_BYTES_NOTED = 1_000;
const TELEMETRY_MS = 60_000;
/** A broker that is away for so long counts as trouble. */
const TROUBLE_AFTER_MS = 60_000;
/** Answers that wait for the line which answers go out on; the ledger knows what became of the orders. */
const MOST_ANSWERS = 1_000;

/** Words of availability in each layout. */
const AVAILABILITY: Readonly<Record<Layout, { readonly on: string; readonly off: string }>> = {
  doser: { on: 'online', off: 'offline' },
  prefix: { on: 'Online', off: 'Offline' },
};

/**
 * The unit over MQTT: orders come in on one connection, all else goes out on another, for on one of them a command and
 * its answer wait for each other's acknowledgements. Dosing never waits for the broker.
 */
export class DoserBridge implements ViewerLine {
  readonly #ports: DoserBridgePorts;
  readonly #outbox: Outbox;
  readonly #queue: MqttQueueStore;
  readonly #door: OrderDoor;
  readonly #board = new StatusBoard();
  readonly #recent = new RecentMessages();
  readonly #in: LastingLine;
  readonly #out: LastingLine;
  readonly #startedMs: number;
  #viewer: Viewer | null = null;
  #answers: Publication[] = [];
  #isDraining = false;
  #cancelTelemetry: Cancel = () => {};

  constructor(ports: DoserBridgePorts) {
    this.#ports = ports;
    const { clock, doserId } = ports;
    this.#outbox = new Outbox(ports, SINK);
    this.#queue = new MqttQueueStore(ports.store);
    this.#door = new OrderDoor(ports);
    this.#startedMs = clock.monotonicMs();
    const noted = ({ topic, body }: Publication) => this.#recent.note('out', topic, body, clock.wallMs());
    this.#in = lastingLine(ports, {
      clientId: `perista-${doserId}-orders`,
      will: this.#availability('doser', 'off'),
      filters: orderFilters(LAYOUTS, doserId),
      onArrival: (arrival) => this.#onArrival(arrival),
      onUp: () => this.#in.send(this.#availability('doser', 'on')),
      onPublish: noted,
    });
    this.#out = lastingLine(ports, {
      clientId: `perista-${doserId}-news`,
      will: this.#availability('prefix', 'off'),
      filters: [],
      onArrival: () => {},
      onUp: () => this.#onOutUp(),
      onPublish: noted,
    });
  }

  /** Both connections are up. */
  get isConnected(): boolean {
    return this.#in.isUp && this.#out.isUp;
  }

  get standing(): BrokerStanding {
    const down = [this.#in, this.#out].filter(({ isUp }) => !isUp);
    const failure = down.find((line) => line.failure !== null)?.failure ?? null;
    const state = down.length === 0 ? 'connected' : failure === null ? 'connecting' : 'refused';
    const sinceMs = Math.max(...(down.length === 0 ? [this.#in, this.#out] : down).map((line) => line.sinceMs));
    const forMs = this.#ports.clock.monotonicMs() - sinceMs;
    return { state, forMs, failure, waiting: this.#queue.count(), recent: this.#recent };
  }

  /** The broker has been away for a while, in words, or null. */
  get trouble(): string | null {
    const { clock, broker } = this.#ports;
    const down = [this.#in, this.#out].find(
      ({ downSinceMs }) => downSinceMs !== null && clock.monotonicMs() - downSinceMs >= TROUBLE_AFTER_MS,
    );
    if (down === undefined) return null;
    const waiting = this.#queue.count();
    return `E309: The MQTT broker ${broker.address} cannot be used (${down.why}); ${waiting} messages wait.`;
  }

  start(): void {
    const { bus, log } = this.#ports;
    const look = () => {
      tolerant(log, 'note an event for MQTT', () => this.#outbox.take((event) => this.#add(event)));
      this.#drain();
    };
    bus.subscribe(this, 'event', look);
    look();
    this.#in.start();
    this.#out.start();
    this.#telemetryLater();
  }

  async stop(): Promise<void> {
    this.#ports.bus.unsubscribeAll(this);
    this.#cancelTelemetry();
    this.#unwatch();
    await Promise.all([
      this.#in.stop(this.#availability('doser', 'off')),
      this.#out.stop(this.#availability('prefix', 'off')),
    ]);
  }

  isWritable(): boolean {
    return this.#out.isUp;
  }

  send(delta: NumberedDelta): void {
    const about = this.#board.hear(delta);
    if (about !== null) this.#publishStatus(about.pumpId, about.progress);
  }

  /** The feed closes whoever takes nothing; with the next connection it begins anew. */
  close(): void {
    this.#viewer = null;
  }

  #add(event: Parameters<typeof eventMessage>[0]): void {
    const queued_at_ms = Math.floor(this.#ports.clock.wallMs());
    const told = eventMessage(event);
    const error = errorMessage(event);
    if (told !== null) this.#queue.add({ topic: 'events', body: JSON.stringify(told), queued_at_ms });
    if (error !== null) this.#queue.add({ topic: 'errors', body: JSON.stringify(error), queued_at_ms });
  }

  #onOutUp(): void {
    this.#out.send(this.#availability('prefix', 'on'));
    for (const answer of this.#answers.splice(0)) this.#out.send(answer);
    this.#watch();
    this.#drain();
    this.#telemetry();
  }

  /** Publishes what is owed, one message after the other; each is owed until the broker has it in both layouts. */
  #drain(): void {
    if (this.#isDraining || !this.#out.isUp) return;
    tolerant(this.#ports.log, 'read what the MQTT broker is owed', () => {
      const next = this.#queue.first();
      if (next === undefined) return;
      this.#isDraining = true;
      inBackground(this.#ports.log, 'publish an event', this.#handOver(next));
    });
  }

  async #handOver({ id, topic, body }: QueuedMessage): Promise<void> {
    const taken = await Promise.all(this.#inLayouts(topic, '', body).map((each) => this.#out.publish(each)));
    const hasAll = taken.every(Boolean) && (DOSER_TOPICS[topic].qos > 0 || (await this.#isHeard()));
    this.#isDraining = false;
    if (!hasAll) return;
    try {
      this.#queue.remove(id);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      // It is published again: whoever takes it twice knows it by its number.
      this.#ports.log.error(failureFields(error), 'could not note that the MQTT broker has a message');
      return;
    }
    this.#drain();
  }

  /** Nobody acknowledges a message at QoS 0; that it arrived shows in the answer to the next one. */
  #isHeard(): Promise<boolean> {
    return this.#out.publish(this.#availability('prefix', 'on'));
  }

  #onArrival(arrival: Arrival): void {
    const text = new TextDecoder().decode(arrival.bytes.subarray(0, MOST_BYTES_NOTED));
    this.#recent.note('in', arrival.topic, text, this.#ports.clock.wallMs());
    inBackground(
      this.#ports.log,
      'take a message over MQTT',
      this.#door.take(arrival).then((reply) => this.#answer(arrival, reply)),
    );
  }

  #answer({ topic, responseTopic, correlationData }: Arrival, { result, error }: Reply): void {
    const { doserId, log } = this.#ports;
    if (result !== null) {
      const body = JSON.stringify(result);
      const pumpId = result['pump-id'];
      if (pumpId !== null) for (const each of this.#inLayouts('result', pumpId, body)) this.#tell(each);
      if (responseTopic !== undefined && isAnswerTopic(responseTopic, doserId)) {
        this.#tell({ topic: responseTopic, body, qos: 1, retain: false, correlationData });
      }
    }
    if (error === null) return;
    log.info({ topic, code: error.code, reason: error.msg }, 'an order over MQTT is refused');
    for (const each of this.#inLayouts('errors', '', JSON.stringify(error))) this.#tell(each);
  }

  /** At once, or as soon as the line is up again. */
  #tell(publication: Publication): void {
    if (this.#out.isUp) this.#out.send(publication);
    else if (this.#answers.length < MOST_ANSWERS) this.#answers.push(publication);
  }

  /** Begins with the status of all pumps, and of those that are gone. */
  #watch(): void {
    this.#unwatch();
    const { clock, feed } = this.#ports;
    const viewer = new Viewer(clock, this, (answer) => {
      if (!answer.ok) return;
      for (const pumpId of this.#board.begin(answer.snapshot.pumps)) this.#publishStatus(pumpId, null);
      for (const pumpId of this.#board.pumpIds) this.#publishStatus(pumpId, null);
    });
    this.#viewer = viewer;
    feed.watch(viewer);
  }

  #unwatch(): void {
    if (this.#viewer !== null) this.#ports.feed.leave(this.#viewer);
    this.#viewer = null;
  }

  #publishStatus(pumpId: string, progress: Parameters<StatusBoard['news']>[1]): void {
    const body = this.#board.news(pumpId, progress);
    if (body !== undefined) for (const each of this.#inLayouts('status', pumpId, body)) this.#out.send(each);
  }

  #telemetryLater(): void {
    this.#cancelTelemetry = this.#ports.clock.after(TELEMETRY_MS, () => {
      if (this.#viewer === null && this.#out.isUp) this.#watch();
      this.#telemetry();
      this.#telemetryLater();
    });
  }

  #telemetry(): void {
    if (!this.#out.isUp) return;
    const { clock, services, isAgentPresent, isClockTrusted, log } = this.#ports;
    tolerant(log, 'publish telemetry', () => {
      const pumps = services.pumps.list().map(({ id, state, dosed_ml, container }) => {
        return [id, { state, dosed_today_ml: dosed_ml.day, level_ml: container.level_ml }] as const;
      });
      const body = JSON.stringify({
        at: timestamp(clock.wallMs()),
        uptime_s: Math.floor((clock.monotonicMs() - this.#startedMs) / 1000),
        agent: isAgentPresent() ? 'connected' : 'lost',
        clock: isClockTrusted() ? 'trusted' : 'untrusted',
        pumps: Object.fromEntries(pumps),
      });
      for (const each of this.#inLayouts('telemetry', '', body)) this.#out.send(each);
    });
  }

  #availability(layout: Layout, word: 'on' | 'off'): Publication {
    const [publication] = this.#inLayouts('availability', '', AVAILABILITY[layout][word], [layout]);
    if (publication === undefined) throw new Error('each layout has availability');
    return publication;
  }

  #inLayouts(name: TopicName, pumpId: string, body: string, layouts: readonly Layout[] = LAYOUTS): Publication[] {
    const { qos, retain } = DOSER_TOPICS[name];
    return layouts.flatMap((layout) => {
      const topic = topicOf(name, layout, this.#ports.doserId, pumpId);
      return topic === null ? [] : [{ topic, body, qos, retain }];
    });
  }
}

/** An answer goes to no topic of orders, and to one topic alone. */
const isAnswerTopic = (topic: string, doserId: string): boolean =>
  topic !== '' && !/[+#\0]/.test(topic) && parseTopic(topic, LAYOUTS, doserId) === undefined;
