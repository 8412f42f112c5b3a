import { type Clock, doseIdFromKey, isPeristaError } from '@perista/core';
import type { Dose } from '@perista/protocol/api';
import { deliveryObjection, type IncomingTopic, MqttDoseOrder, MqttPress } from '@perista/protocol/mqtt';
import type { ControllerServices, OrderInput } from '../services.ts';
import { MQTT_ACTOR } from './mqtt-actor.ts';
import type { Arrival } from './mqtt-port.ts';
import { REPEAT_MS, RecentOrders } from './recent-orders.ts';
import { answered, nothing, type Reply, readPayload, refused } from './reply.ts';
import type { SettingStore } from './setting-store.ts';

export interface DoseDoorPorts {
  readonly clock: Clock;
  readonly services: Pick<ControllerServices, 'doses' | 'pumps'>;
  readonly settings: Pick<SettingStore, 'volumeMl'>;
}

/** Takes orders of doses over MQTT: those that name their volume, and presses of a button, which dose the volume that is set. */
export class DoseDoor {
  readonly #ports: DoseDoorPorts;
  readonly #recent: RecentOrders;
  readonly #startedMs: number;

  constructor(ports: DoseDoorPorts) {
    this.#ports = ports;
    this.#recent = new RecentOrders(ports.clock);
    this.#startedMs = ports.clock.monotonicMs();
  }

  /** @throws PeristaError for what cannot be read, and for a database that is away */
  order(topic: IncomingTopic, { bytes, ...delivery }: Arrival): Reply {
    // So a retained message is removed from the broker.
    if (bytes.length === 0) return nothing;
    const pumpId = topic.pumpId ?? '';
    const read = readPayload(MqttDoseOrder, bytes);
    if ('msg' in read) return refused(topic, null, read);
    const order = read.value;
    const id = order.id ?? null;
    const spelling = id === null ? spellingOf(pumpId, order) : null;
    const objection =
      deliveryObjection(order, delivery, this.#ports.clock.wallMs()) ??
      (spelling === null ? undefined : this.#recent.objection(spelling, OWN_IDS));
    if (objection !== undefined) return notDosed(topic, id, objection);
    return this.#place(topic, inputOf(pumpId, order), spelling);
  }

  /** Each press is an order of its own; one that arrives again is the dose that it was. */
  press(topic: IncomingTopic, { bytes, ...delivery }: Arrival): Reply {
    if (bytes.length === 0) return nothing;
    const { clock, services, settings } = this.#ports;
    const pumpId = topic.pumpId ?? '';
    const read = readPayload(MqttPress, bytes);
    if ('msg' in read) return refused(topic, null, read);
    const press = read.value;
    const id = press.id ?? null;
    services.pumps.get(pumpId);
    const givenMl = id === null ? undefined : this.#orderedMl(pumpId, id);
    const spelling = givenMl === undefined ? `press ${pumpId}` : null;
    const objection =
      deliveryObjection(press, delivery, clock.wallMs()) ??
      (spelling === null ? undefined : this.#recent.objection(spelling, ONE_TOUCH));
    if (objection !== undefined) return notDosed(topic, id, objection);
    const volumeMl = givenMl ?? settings.volumeMl(pumpId);
    if (volumeMl === null)
      return notDosed(topic, id, 'no volume is set for this pump; publish one to its topic "volume" first');
    return this.#place(topic, inputOf(pumpId, { ...press, volume_ml: volumeMl }), spelling);
  }

  #place(topic: IncomingTopic, input: OrderInput, spelling: string | null): Reply {
    const id = input.key ?? null;
    try {
      if (spelling !== null && this.#isInLedger(input)) return notDosed(topic, id, TAKEN_BEFORE);
      const outcome = this.#ports.services.doses.order(input);
      if (outcome.kind === 'accepted' && spelling !== null) this.#recent.add(spelling);
      return answered(topic, id, outcome);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      // A commit that failed may still be durable.
      if (error.code === 'E301' && id === null && spelling !== null) this.#recent.add(spelling);
      return refused(topic, id, { code: error.code, msg: error.message });
    }
  }

  /** Whether a process before this one may have taken it: what that one remembered died with it. */
  #isInLedger({ pumpId, request: { volume_ml, direction = 'forward' } }: OrderInput): boolean {
    const { clock, services } = this.#ports;
    if (clock.monotonicMs() - this.#startedMs >= REPEAT_MS) return false;
    const nowMs = clock.wallMs();
    const { items } = services.doses.list({ pump_id: pumpId, limit: MOST_LOOKED_AT });
    return items.some(
      (dose) =>
        dose.cause === 'mqtt' &&
        wasAccepted(dose) &&
        dose.dose_id.startsWith(NAMELESS) &&
        dose.requested_ml === volume_ml &&
        dose.direction === direction &&
        Math.abs(nowMs - Date.parse(dose.accepted_at)) < REPEAT_MS,
    );
  }

  /** The volume of the order that came under this id before, ml. */
  #orderedMl(pumpId: string, key: string): number | undefined {
    try {
      return this.#ports.services.doses.get(doseIdFromKey({ actor: MQTT_ACTOR.name, pumpId, key })).requested_ml;
    } catch (error) {
      if (isPeristaError(error, 'E404')) return undefined;
      throw error;
    }
  }
}

/** Also where the agent then refused it. */
const wasAccepted = ({ state, accepted_at, ended_at }: Dose): boolean =>
  state !== 'refused' || ended_at !== accepted_at;

/** Doses of the ledger among which an order without an id is looked for, and how their ids begin. */
const MOST_LOOKED_AT = 200;
const NAMELESS = 'dose-';
const TAKEN_BEFORE = `the same order came less than ${REPEAT_MS / 1000} s ago, before the unit started`;
const OWN_IDS = 'give each an "id" of its own if both are meant';
const ONE_TOUCH = 'a button that is touched twice is one dose';

const notDosed = (topic: IncomingTopic, id: string | null, objection: string): Reply =>
  refused(topic, id, { code: 'E406', msg: `Not dosed: ${objection}` });

const spellingOf = (pumpId: string, { volume_ml, duration, direction }: MqttDoseOrder): string =>
  JSON.stringify([pumpId, volume_ml, duration ?? null, direction ?? 'forward']);

const inputOf = (pumpId: string, { volume_ml, duration, direction, id, expires_at }: MqttDoseOrder): OrderInput => ({
  pumpId,
  request: {
    volume_ml,
    ...(duration !== undefined && { duration_s: duration }),
    ...(direction !== undefined && { direction }),
  },
  actor: MQTT_ACTOR,
  cause: 'mqtt',
  ...(id !== undefined && { key: id }),
  ...(expires_at !== undefined && { expiresAtMs: Date.parse(expires_at) }),
});
