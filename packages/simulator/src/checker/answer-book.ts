import type { ResultMessage } from '@perista/protocol/mqtt';
import type { ArrivedMessage } from '../outside/mqtt-message.ts';

/** Orders that come faster are not answered one by one: so many in so long, ms. */
const FLOOD = { orders: 50, withinMs: 2_000 };
const RESULT = /^(?:doser\/stat|stat\/doser)\/([^/]+)(\/result)$/;

interface Question {
  readonly message: ArrivedMessage;
  /** Topics on which its answer has to come, by how often. */
  readonly topics: Set<string>;
}

/** Who has asked something over MQTT and waits for an answer. */
export class AnswerBook {
  #open: Question[] = [];
  #askedMs: number[] = [];

  /** What is owed an answer, in words, or null. */
  get missing(): string | null {
    const [first] = this.#open;
    if (first === undefined) return null;
    const { what, pumpId, id } = first.message;
    return `${what} ${id ?? 'without an id'} of ${pumpId} over MQTT has no answer on ${[...first.topics].join(', ')}`;
  }

  get count(): number {
    return this.#open.length;
  }

  ask(message: ArrivedMessage, nowMs: number): void {
    if (message.what === 'nothing') return;
    if (message.what === 'dose') {
      this.#askedMs = [...this.#askedMs.filter((atMs) => nowMs - atMs < FLOOD.withinMs), nowMs];
      if (this.#askedMs.length >= FLOOD.orders) return;
    }
    const { pumpId, answerTopic } = message;
    const topics = new Set(pumpId === '' ? [] : [`doser/stat/${pumpId}/result`, `stat/doser/${pumpId}/result`]);
    if (answerTopic !== null) topics.add(answerTopic);
    if (topics.size > 0) this.#open.push({ message, topics });
  }

  /** Something was published: the first who waits for just that is answered. */
  hear(topic: string, body: string): void {
    if (this.#open.length === 0 || !this.#isAnswer(topic)) return;
    const { id } = JSON.parse(body) as ResultMessage;
    const question = this.#open.find(({ message, topics }) => topics.has(topic) && message.id === id);
    question?.topics.delete(topic);
    this.#open = this.#open.filter(({ topics }) => topics.size > 0);
  }

  /** Who was asked has died, and answers are kept nowhere. */
  forget(): void {
    this.#open = [];
  }

  #isAnswer(topic: string): boolean {
    return RESULT.test(topic) || this.#open.some(({ message }) => message.answerTopic === topic);
  }
}
