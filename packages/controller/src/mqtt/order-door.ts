import { type Clock, type ErrorCode, isPeristaError } from '@perista/core';
import {
  deliveryObjection,
  type ErrorMessage,
  type IncomingTopic,
  LAYOUTS,
  MqttDoseOrder,
  parseTopic,
  type ResultMessage,
} from '@perista/protocol/mqtt';
import { fieldErrors } from '../http/field-errors.ts';
import { parseStrictJson } from '../http/strict-json.ts';
import type { Actor, ControllerServices, OrderInput, OrderOutcome } from '../services.ts';
import { WrongFields } from '../wrong-fields.ts';
import type { Arrival } from './mqtt-port.ts';

/** Who asks over MQTT: a broker does not say which of its clients it was. */
const MQTT_ACTOR: Actor = { name: 'mqtt', role: 'operator' };

const MOST_BYTES = 4_096;
/** The same order without an id is the same order again for so long (P1). */
const REPEAT_MS = 10_000;
/** Orders that are looked at: so many at once, and so many a second. */
const MOST_AT_ONCE = 100;
const MOST_A_SECOND = 50;

/** What becomes of a message: an answer to an order, a word about what was wrong with it, or neither. */
export interface Reply {
  readonly result: ResultMessage | null;
  readonly error: ErrorMessage | null;
}

export interface OrderDoorPorts {
  readonly clock: Clock;
  readonly doserId: string;
  readonly services: Pick<ControllerServices, 'doses' | 'stops'>;
}

interface Wrong {
  readonly code: ErrorCode;
  readonly msg: string;
}

/** Takes what arrives for a doser over MQTT; every order goes the way of all others. */
export class OrderDoor {
  readonly #ports: OrderDoorPorts;
  /** Orders without an id that were accepted, and when, on the monotonic clock. */
  readonly #recent = new Map<string, number>();
  #allowance = MOST_AT_ONCE;
  #allowedAtMs = Number.NEGATIVE_INFINITY;
  #overflow = 0;

  constructor(ports: OrderDoorPorts) {
    this.#ports = ports;
  }

  /** What a sender can do wrong, or a database or an agent that is away, is told in the reply. */
  async take(arrival: Arrival): Promise<Reply> {
    const topic = parseTopic(arrival.topic, LAYOUTS, this.#ports.doserId);
    if (topic === undefined) return nothing;
    // A stop is obeyed in any flood.
    if (topic.name === 'dose' && !this.#isAllowed()) return this.#overrun(topic);
    try {
      return topic.name === 'dose' ? this.#dose(topic, arrival) : await this.#stop(topic);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return refused(topic, null, { code: error.code, msg: error.message });
    }
  }

  #dose(topic: IncomingTopic, arrival: Arrival): Reply {
    const { clock, services } = this.#ports;
    // So a retained message is removed from the broker.
    if (arrival.bytes.length === 0) return nothing;
    const pumpId = topic.pumpId ?? '';
    const read = readOrder(arrival.bytes);
    if ('msg' in read) return refused(topic, null, read);
    const { order } = read;
    const objection = deliveryObjection(order, arrival, clock.wallMs()) ?? this.#repetition(pumpId, order);
    if (objection !== undefined)
      return refused(topic, order.id ?? null, { code: 'E406', msg: `Not dosed: ${objection}` });
    try {
      const outcome = services.doses.order(inputOf(pumpId, order));
      if (outcome.kind === 'accepted' && order.id === undefined) this.#remember(pumpId, order);
      return answered(topic, order.id ?? null, outcome);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return refused(topic, order.id ?? null, { code: error.code, msg: error.message });
    }
  }

  /** Why an order without an id may be one that was obeyed already; undefined if it is none. */
  #repetition(pumpId: string, order: MqttDoseOrder): string | undefined {
    if (order.id !== undefined) return undefined;
    const nowMs = this.#ports.clock.monotonicMs();
    for (const [spelling, atMs] of this.#recent) if (nowMs - atMs >= REPEAT_MS) this.#recent.delete(spelling);
    return this.#recent.has(spellingOf(pumpId, order))
      ? `the same order came less than ${REPEAT_MS / 1000} s ago; give each an "id" of its own if both are meant`
      : undefined;
  }

  #remember(pumpId: string, order: MqttDoseOrder): void {
    this.#recent.set(spellingOf(pumpId, order), this.#ports.clock.monotonicMs());
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

const spellingOf = (pumpId: string, { volume_ml, duration, direction }: MqttDoseOrder): string =>
  JSON.stringify([pumpId, volume_ml, duration ?? null, direction ?? 'forward']);

const nothing: Reply = { result: null, error: null };

const blank = ({ pumpId }: IncomingTopic, id: string | null) => ({
  ...{ id, dose_id: null, 'pump-id': pumpId, code: null, reason: null },
});

const refused = (topic: IncomingTopic, id: string | null, { code, msg }: Wrong): Reply => ({
  result: { ...blank(topic, id), result: 'refused', code, reason: msg },
  error: { code, msg, 'pump-id': topic.pumpId, id },
});

/** A refusal by a rule stands in the event log, which tells of the error. */
function answered(topic: IncomingTopic, id: string | null, outcome: OrderOutcome): Reply {
  switch (outcome.kind) {
    case 'accepted': {
      const { state, dose_id } = outcome.answer;
      return { result: { ...blank(topic, id), result: state, dose_id }, error: null };
    }
    case 'refused': {
      const { code, sentence } = outcome.refusal;
      const result = {
        ...blank(topic, id),
        result: 'refused',
        dose_id: outcome.doseId,
        code,
        reason: sentence,
      } as const;
      return { result, error: null };
    }
    case 'key-reused': {
      const msg = `The id was used for another order, which is dose ${outcome.doseId}`;
      return refused(topic, id, { code: 'E407', msg });
    }
  }
}

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

function readOrder(bytes: Uint8Array): { readonly order: MqttDoseOrder } | Wrong {
  if (bytes.length > MOST_BYTES) {
    return { code: 'E410', msg: `The order has ${bytes.length} bytes; at most ${MOST_BYTES} are read` };
  }
  const parsed = MqttDoseOrder.safeParse(parseStrictJson(bytes) ?? null, { reportInput: true });
  if (parsed.success) return { order: parsed.data };
  return { code: 'E402', msg: new WrongFields(fieldErrors(parsed.error)).message };
}
