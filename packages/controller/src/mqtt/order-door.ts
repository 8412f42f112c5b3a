import { type Clock, isPeristaError } from '@perista/core';
import { type IncomingTopic, LAYOUTS, parseTopic } from '@perista/protocol/mqtt';
import type { ControllerServices } from '../services.ts';
import { DoseDoor } from './dose-door.ts';
import { MQTT_ACTOR } from './mqtt-actor.ts';
import type { Arrival } from './mqtt-port.ts';
import { blank, nothing, type Reply, refused } from './reply.ts';
import type { ScheduleSwitch } from './schedule-switch.ts';
import { SettingDoor } from './setting-door.ts';
import type { SettingStore } from './setting-store.ts';

/** Orders that are looked at: so many at once, and so many a second. */
const MOST_AT_ONCE = 100;
const MOST_A_SECOND = 50;

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
  #allowance = MOST_AT_ONCE;
  #allowedAtMs = Number.NEGATIVE_INFINITY;
  #overflow = 0;

  constructor(ports: OrderDoorPorts) {
    this.#ports = ports;
    this.#doses = new DoseDoor(ports);
    this.#settings = new SettingDoor(ports);
  }

  /** What a sender can do wrong, or a database or an agent that is away, is told in the reply. */
  async take(arrival: Arrival): Promise<Reply> {
    const topic = parseTopic(arrival.topic, LAYOUTS, this.#ports.doserId);
    if (topic === undefined) return nothing;
    try {
      return await this.#obey(topic, arrival);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return refused(topic, null, { code: error.code, msg: error.message });
    }
  }

  #obey(topic: IncomingTopic, arrival: Arrival): Reply | Promise<Reply> {
    const { name } = topic;
    // A stop is obeyed in any flood.
    if (name === 'stop' || name === 'stopAll') return this.#stop(topic);
    if (!this.#isAllowed()) return this.#overrun(topic);
    if (name === 'dose') return this.#doses.order(topic, arrival);
    if (name === 'doseNow') return this.#doses.press(topic, arrival);
    return this.#settings.take(name, topic, arrival);
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

  #isAllowed(): boolean {
    const nowMs = this.#ports.clock.monotonicMs();
    const sinceS = Math.max(0, nowMs - this.#allowedAtMs) / 1000;
    this.#allowance = Math.min(MOST_AT_ONCE, this.#allowance + sinceS * MOST_A_SECOND);
    this.#allowedAtMs = nowMs;
    if (this.#allowance < 1) return false;
    this.#allowance--;
    return true;
  }

  /** A flood is told of, and not answered one by one. */
  #overrun(topic: IncomingTopic): Reply {
    this.#overflow++;
    if (this.#overflow % MOST_AT_ONCE !== 1) return nothing;
    const msg = `Not dosed: more than ${MOST_A_SECOND} orders a second come in (${this.#overflow} so far were dropped)`;
    return refused(topic, null, { code: 'E408', msg });
  }
}
