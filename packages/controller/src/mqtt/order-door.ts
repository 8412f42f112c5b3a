import { type Clock, isPeristaError } from '@perista/core';
import { type IncomingTopic, LAYOUTS, parseTopic } from '@perista/protocol/mqtt';
import { TokenBucket } from '../pacing/token-bucket.ts';
import type { ControllerServices } from '../services.ts';
import { DoseDoor } from './dose-door.ts';
import { MQTT_ACTOR } from './mqtt-actor.ts';
import type { Arrival } from './mqtt-port.ts';
import { blank, MOST_BYTES, nothing, type Reply, refused } from './reply.ts';
import type { ScheduleSwitch } from './schedule-switch.ts';
import { SettingDoor } from './setting-door.ts';
import type { SettingStore } from './setting-store.ts';

/** Orders that are obeyed or refused by a rule: so many at once, and so many a second. */
const ORDERS = { burst: 100, perSecond: 50 };
/** Answers to what is no order. It takes nothing from the orders of others, whom a broker does not tell apart from its sender. */
const NOISE_ANSWERS = { burst: 20, perSecond: 5 };
/** No JSON, wrong fields, an unknown pump, too large: whoever sent it, it means nothing. */
const NOISE: ReadonlySet<string> = new Set(['E400', 'E402', 'E404', 'E410']);

export interface OrderDoorPorts {
  readonly clock: Clock;
  readonly doserId: string;
  readonly services: Pick<ControllerServices, 'doses' | 'pumps' | 'stops'>;
  readonly settings: SettingStore;
  readonly scheduleSwitch: ScheduleSwitch;
}

/** Takes what arrives for a doser over MQTT; every order goes the way of all others. */
export class OrderDoor {
  readonly #ports: OrderDoorPorts;
  readonly #doses: DoseDoor;
  readonly #settings: SettingDoor;
  readonly #orders: TokenBucket;
  readonly #noise: TokenBucket;
  #overflow = 0;

  constructor(ports: OrderDoorPorts) {
    this.#ports = ports;
    this.#doses = new DoseDoor(ports);
    this.#settings = new SettingDoor(ports);
    this.#orders = new TokenBucket(ports.clock, ORDERS);
    this.#noise = new TokenBucket(ports.clock, NOISE_ANSWERS);
  }

  async take(arrival: Arrival): Promise<Reply> {
    const topic = parseTopic(arrival.topic, LAYOUTS, this.#ports.doserId);
    if (topic === undefined) return nothing;
    // A stop is obeyed in any flood.
    if (topic.name === 'stop' || topic.name === 'stopAll')
      return this.#stop(topic).catch((error: unknown) => failed(topic, error));
    if (!this.#noise.has(1) && isPlainlyWrong(topic, arrival.bytes)) return nothing;
    if (!this.#orders.has(1)) return this.#overrun(topic);
    const reply = this.#obey(topic.name, topic, arrival);
    if (reply.error !== null && NOISE.has(reply.error.code)) return this.#noise.take(1) ? reply : nothing;
    this.#orders.take(1);
    return reply;
  }

  #obey(name: Exclude<IncomingTopic['name'], 'stop' | 'stopAll'>, topic: IncomingTopic, arrival: Arrival): Reply {
    try {
      if (name === 'dose') return this.#doses.order(topic, arrival);
      if (name === 'doseNow') return this.#doses.press(topic, arrival);
      return this.#settings.take(name, topic, arrival);
    } catch (error) {
      return failed(topic, error);
    }
  }

  async #stop(topic: IncomingTopic): Promise<Reply> {
    const { stops } = this.#ports.services;
    const outcome =
      topic.pumpId === null ? (await stops.engage(MQTT_ACTOR)).outcome : await stops.stopPump(topic.pumpId, MQTT_ACTOR);
    const unproven = outcome?.unproven ?? [];
    if (unproven.length === 0) return { result: { ...blank(topic, null), result: 'stopped' }, error: null };
    const msg = `Told to stop, but standstill could not be seen: ${unproven.join(', ')}`;
    return refused(topic, null, { code: 'E101', msg });
  }

  /** A flood is told of, and not answered one by one. */
  #overrun(topic: IncomingTopic): Reply {
    this.#overflow++;
    if (this.#overflow % ORDERS.burst !== 1) return nothing;
    const msg = `Not dosed: more than ${ORDERS.perSecond} orders a second come in (${this.#overflow} so far were dropped)`;
    return refused(topic, null, { code: 'E408', msg });
  }
}

/** What a sender can do wrong, or a database or an agent that is away, is told in the reply. */
function failed(topic: IncomingTopic, error: unknown): Reply {
  if (!isPeristaError(error)) throw error;
  return refused(topic, null, { code: error.code, msg: error.message });
}

/** Seen at a glance, where nobody will be told what exactly is wrong. */
function isPlainlyWrong({ name }: IncomingTopic, bytes: Uint8Array): boolean {
  if (name === 'schedule') return false;
  if (bytes.length > MOST_BYTES) return true;
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return false;
  } catch {
    return bytes.length > 0;
  }
}
