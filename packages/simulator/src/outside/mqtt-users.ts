import { type Arrival, type Publication, VirtualBroker } from '@perista/controller';
import type { Clock } from '@perista/core';
import { type Layout, type ResultMessage, type TopicName, topicOf } from '@perista/protocol/mqtt';
import type { Happening } from '../checker/happening.ts';
import type { Answer } from '../world/unit-door.ts';
import type { MqttMessage } from './mqtt-message.ts';

export const DOSER = 'doser';
const RESULT = /^doser\/stat\/([^/]+)\/result$/;

/** How a message is sent. */
export interface Sending {
  readonly topic: string;
  readonly body: string;
  readonly retain?: boolean;
  readonly dup?: boolean;
}

export interface UsersParts {
  readonly clock: Clock;
  readonly tell: (happening: Happening) => void;
  /** When somebody asked for the release of the emergency stop last, on the world's clock, ms. */
  readonly releaseAskedMs: () => number;
}

/** People and programs at an MQTT broker: what they send, what they meant by it, and what they hear. */
export class MqttUsers {
  readonly broker: VirtualBroker;
  readonly #parts: UsersParts;
  readonly #meant = new WeakMap<Uint8Array, MqttMessage>();
  /** Orders under an id, by pump and id, with their volume; NaN where there are two. */
  readonly #volumes = new Map<string, number>();
  /** Stops whose answer is waited for, by its topic. */
  readonly #stops = new Map<string, MqttMessage>();
  #nameless = 0;
  #sent = 0;

  constructor(parts: UsersParts) {
    this.#parts = parts;
    this.broker = new VirtualBroker(parts.clock, (publication) => this.#onTaken(publication));
  }

  /** A name that nobody has used. */
  newName(): string {
    return `m-${++this.#sent}`;
  }

  send(message: MqttMessage, { topic, body, retain = false, dup = false }: Sending): void {
    const bytes = new TextEncoder().encode(body);
    this.#meant.set(bytes, message);
    if (message.id !== null && message.volumeMl !== null) {
      const name = `${message.pumpId} ${message.id}`;
      const known = this.#volumes.get(name) ?? message.volumeMl;
      this.#volumes.set(name, known === message.volumeMl ? known : Number.NaN);
    }
    const { answerTopic } = message;
    if (message.what.startsWith('stop') && answerTopic !== null) this.#stops.set(answerTopic, message);
    this.broker.publish({ topic, bytes, retain, dup, ...(answerTopic !== null && { responseTopic: answerTopic }) });
  }

  /** It comes to the unit now. */
  onArrival({ bytes, retain, dup }: Arrival): void {
    const message = this.#meant.get(bytes);
    if (message === undefined) return;
    this.#parts.tell({ kind: 'mqtt-arrived', message: { ...message, retain, dup } });
  }

  #onTaken({ topic, body }: Publication): void {
    const { tell } = this.#parts;
    tell({ kind: 'mqtt-taken', topic, body });
    const pumpId = RESULT.exec(topic)?.[1];
    if (pumpId !== undefined) this.#onResult(pumpId, JSON.parse(body) as ResultMessage);
    const stop = this.#stops.get(topic);
    if (stop !== undefined) this.#onStopResult(stop, JSON.parse(body) as ResultMessage);
  }

  #onResult(pumpId: string, result: ResultMessage): void {
    if (result.result === 'stopped') return;
    const key = result.id === null ? `mqtt, nameless ${++this.#nameless}` : `mqtt ${result.id}`;
    const volumeMl = this.#volumes.get(`${pumpId} ${result.id}`) ?? Number.NaN;
    this.#parts.tell({ kind: 'order-answered', pumpId, key, volumeMl, answer: answerOf(result) });
  }

  #onStopResult({ what, pumpId, sentMs: askedMs }: MqttMessage, { result }: ResultMessage): void {
    const { tell, releaseAskedMs } = this.#parts;
    if (result !== 'stopped') return;
    if (what === 'stop') {
      const value = { at_rest: [pumpId], unproven: [] };
      tell({ kind: 'stop-answered', pumpId, askedMs, answer: { kind: 'done', value } });
      return;
    }
    // Whoever hears of it after a release was asked for cannot tell which came first.
    if (releaseAskedMs() >= askedMs) return;
    const outcome = { at_rest: [], unproven: [] };
    const value = { latched: true, since: null, actor: 'mqtt', reason: null, outcome };
    tell({ kind: 'emergency-answered', askedMs, answer: { kind: 'done', value } });
  }
}

function answerOf({ result, dose_id: doseId, code }: ResultMessage): Answer<{ readonly doseId: string }> {
  if (doseId === null) return { kind: 'failed', code: code ?? '' };
  return result === 'refused' ? { kind: 'refused', code: code ?? '', doseId } : { kind: 'done', value: { doseId } };
}

/** A topic that exists in both layouts. */
export function topicIn(layout: Layout, name: TopicName, pumpId = ''): string {
  const topic = topicOf(name, layout, DOSER, pumpId);
  if (topic === null) throw new Error(`there is no topic ${name} in the layout ${layout}`);
  return topic;
}
