import { type Cancel, type Clock, isPeristaError, type Log, type Random } from '@perista/core';
import {
  AVAILABILITY,
  DOSER_TOPICS,
  errorMessage,
  eventMessage,
  LAYOUTS,
  type Layout,
  orderFilters,
  parseTopic,
} from '@perista/protocol/mqtt';
import { inBackground, tolerant } from '../background.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { StoredEventLog } from '../events/event-log.ts';
import { Outbox } from '../events/outbox.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import { failureFields } from '../log-fields.ts';
import type { ControllerServices } from '../services.ts';
import type { Store } from '../store/store.ts';
import { AnnouncedStore } from './announced-store.ts';
import { HomeAssistant, type HomeAssistantSettings } from './home-assistant.ts';
import { type LastingLine, lastingLine } from './lasting-line.ts';
import type { Arrival, MqttBroker, MqttFailure, Publication } from './mqtt-port.ts';
import { MqttQueueStore, type QueuedMessage } from './mqtt-queue-store.ts';
import { OrderDoor } from './order-door.ts';
import { type Publications, publicationsOf } from './publications.ts';
import { RecentMessages } from './recent-messages.ts';
import type { Reply } from './reply.ts';
import { ScheduleSwitch } from './schedule-switch.ts';
import { SettingStore } from './setting-store.ts';
import { StateNews } from './state-news.ts';

export interface DoserBridgePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: StoredEventLog;
  readonly feed: LiveFeed;
  readonly services: ControllerServices;
  readonly isAgentPresent: () => boolean;
  readonly isClockTrusted: () => boolean;
  readonly broker: MqttBroker;
  readonly doserId: string;
  /** Null: Home Assistant is not told, and what it was told stays. */
  readonly homeAssistant: HomeAssistantSettings | null;
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
/** What could not be handed over, or not be noted as handed over, is tried again so much later. */
const AGAIN_MS = 1_000;
/** A broker that is away for so long counts as trouble. */
const TROUBLE_AFTER_MS = 60_000;
/** Answers that wait for the line which answers go out on; the ledger knows what became of the orders. */
const MOST_ANSWERS = 1_000;

/**
 * The unit over MQTT: orders come in on one connection, all else goes out on another, for on one of them a command and
 * its answer wait for each other's acknowledgements. Dosing never waits for the broker.
 */
export class DoserBridge {
  readonly #ports: DoserBridgePorts;
  readonly #outbox: Outbox;
  readonly #queue: MqttQueueStore;
  readonly #door: OrderDoor;
  readonly #publications: Publications;
  readonly #states: StateNews;
  readonly #homeAssistant: HomeAssistant | null;
  readonly #recent = new RecentMessages();
  readonly #in: LastingLine;
  readonly #out: LastingLine;
  #answers: Publication[] = [];
  #isDraining = false;
  #cancelAgain: Cancel = () => {};

  constructor(ports: DoserBridgePorts) {
    this.#ports = ports;
    const { store, clock, doserId, services } = ports;
    this.#outbox = new Outbox(ports, {
      sink: SINK,
      hear: (event) => this.#add(event),
      onTaken: () => this.#drain(),
    });
    this.#queue = new MqttQueueStore(store);
    const settings = new SettingStore(store);
    const scheduleSwitch = new ScheduleSwitch({ services, settings });
    this.#door = new OrderDoor({ ...ports, settings, scheduleSwitch });
    this.#publications = publicationsOf(doserId);
    const noted = ({ topic, body }: Publication) => this.#recent.note('out', topic, body, clock.wallMs());
    this.#out = lastingLine(ports, {
      clientId: `perista-${doserId}-news`,
      will: this.#availability('prefix', 'off'),
      filters: [],
      onArrival: () => {},
      onUp: () => this.#onOutUp(),
      onPublish: noted,
    });
    const line = this.#out;
    this.#states = new StateNews({ ...ports, settings, scheduleSwitch, line, publications: this.#publications });
    this.#homeAssistant = this.#announcer(ports.homeAssistant);
    this.#in = lastingLine(ports, {
      clientId: `perista-${doserId}-orders`,
      will: this.#availability('doser', 'off'),
      filters: orderFilters(LAYOUTS, doserId),
      wishes: this.#homeAssistant?.filters ?? [],
      onArrival: (arrival) => this.#onArrival(arrival),
      onUp: () => this.#in.send(this.#availability('doser', 'on')),
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
    this.#outbox.start();
    this.#ports.bus.subscribe(this, 'event', ({ kind }) => this.#homeAssistant?.onEvent(kind));
    this.#in.start();
    this.#out.start();
    this.#states.start();
  }

  async stop(): Promise<void> {
    this.#ports.bus.unsubscribeAll(this);
    this.#outbox.stop();
    this.#cancelAgain();
    this.#states.stop();
    this.#homeAssistant?.stop();
    await Promise.all([
      this.#in.stop(this.#availability('doser', 'off')),
      this.#out.stop(this.#availability('prefix', 'off')),
    ]);
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
    this.#tellAnswers();
    this.#homeAssistant?.onUp();
    this.#states.begin();
    this.#drain();
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
    const taken = await Promise.all(this.#publications(topic, '', body).map((each) => this.#out.publish(each)));
    const hasAll = taken.every(Boolean) && (DOSER_TOPICS[topic].qos > 0 || (await this.#isHeard()));
    this.#isDraining = false;
    if (hasAll && this.#forget(id)) this.#drain();
    else this.#againLater();
  }

  /** A message that cannot be removed is published again: whoever takes it twice knows it by its number. */
  #forget(id: number): boolean {
    try {
      this.#queue.remove(id);
      return true;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(failureFields(error), 'could not note that the MQTT broker has a message');
      return false;
    }
  }

  /** The next event, and the next answer, may be hours away. */
  #againLater(): void {
    this.#cancelAgain();
    this.#cancelAgain = this.#ports.clock.after(AGAIN_MS, () => {
      if (!this.#out.isUp) return;
      this.#tellAnswers();
      this.#drain();
    });
  }

  /** Nobody acknowledges a message at QoS 0; that it arrived shows in the answer to the next one. */
  #isHeard(): Promise<boolean> {
    return this.#out.publish(this.#availability('prefix', 'on'));
  }

  #onArrival(arrival: Arrival): void {
    const text = new TextDecoder().decode(arrival.bytes.subarray(0, MOST_BYTES_NOTED));
    this.#recent.note('in', arrival.topic, text, this.#ports.clock.wallMs());
    if (this.#homeAssistant?.onArrival(arrival) === true) return;
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
      if (pumpId !== null && result.setting !== undefined) this.#states.onSetting(pumpId);
      if (pumpId !== null) for (const each of this.#publications('result', pumpId, body)) this.#tell(each);
      if (responseTopic !== undefined && isAnswerTopic(responseTopic, doserId)) {
        this.#tell({ topic: responseTopic, body, qos: 1, retain: false, correlationData });
      }
    }
    if (error === null) return;
    log.info({ topic, code: error.code, reason: error.msg }, 'an order over MQTT is refused');
    for (const each of this.#publications('errors', '', JSON.stringify(error))) this.#tell(each);
  }

  /** At once, or as soon as the line is up again; and again, where it was lost before the broker had it. */
  #tell(answer: Publication): void {
    this.#keep(answer);
    if (this.#out.isUp) this.#tellAnswers();
  }

  #tellAnswers(): void {
    for (const answer of this.#answers.splice(0)) {
      const told = this.#out.publish(answer).then((isTaken) => {
        if (isTaken) return;
        this.#keep(answer);
        this.#againLater();
      });
      inBackground(this.#ports.log, 'answer over MQTT', told);
    }
  }

  #keep(answer: Publication): void {
    if (this.#answers.length < MOST_ANSWERS) this.#answers.push(answer);
  }

  #announcer(settings: HomeAssistantSettings | null): HomeAssistant | null {
    if (settings === null) return null;
    const announced = new AnnouncedStore(this.#ports.store);
    const told = {
      tellStates: () => this.#states.begin(),
      forgetPump: (pumpId: string) => this.#states.forget(pumpId),
    };
    return new HomeAssistant({ ...this.#ports, ...told, announced, line: this.#out, settings });
  }

  #availability(layout: Layout, word: 'on' | 'off'): Publication {
    const [publication] = this.#publications('availability', '', AVAILABILITY[layout][word], [layout]);
    if (publication === undefined) throw new Error('each layout has availability');
    return publication;
  }
}

/** An answer goes to no topic of orders, and to one topic alone. */
const isAnswerTopic = (topic: string, doserId: string): boolean =>
  topic !== '' && !/[+#\0]/.test(topic) && parseTopic(topic, LAYOUTS, doserId) === undefined;
