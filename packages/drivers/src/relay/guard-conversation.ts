import { PeristaError } from '@perista/core';
import type { SerialPort } from '../line/serial-port.ts';
import { decodeAnswer, decodeGreeting, encodeOrder, type Greeting, type RelayOrder } from './guard-words.ts';
import { bytesOfLine, LineSplitter } from './line-splitter.ts';

type Deferred<T> = ReturnType<typeof Promise.withResolvers<T>>;

/** One guard, from its greeting to its end: answers come in the order of the orders. */
export class GuardConversation {
  readonly #pipe: SerialPort;
  readonly #splitter = new LineSplitter();
  readonly #greeting = Promise.withResolvers<Greeting>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #waiting: Deferred<number>[] = [];
  #isGreeted = false;
  #isOver = false;

  constructor(pipe: SerialPort) {
    this.#pipe = pipe;
    this.#greeting.promise.catch(() => {});
    pipe.onClose(() => {
      this.#end();
      this.#ended.resolve();
    });
    pipe.onData((bytes) => this.#hear(bytes));
  }

  /** Rejects with PeristaError E110 if the guard ends without one. */
  get greeting(): Promise<Greeting> {
    return this.#greeting.promise;
  }

  /** Whether it takes no more orders. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the guard has let go of the lines, and another may take them. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resolves to the on-time that the guard answers, ms. Rejects with PeristaError E110 if it ends instead. */
  order(order: RelayOrder): Promise<number> {
    if (this.#isOver) return Promise.reject(guardIsGone());
    const answer = Promise.withResolvers<number>();
    this.#waiting.push(answer);
    this.#pipe.write(bytesOfLine(encodeOrder(order))).catch(() => this.hangUp());
    return answer.promise;
  }

  /** The guard turns all off and ends when its pipe does. */
  hangUp(): Promise<void> {
    this.#end();
    return this.#pipe.close();
  }

  #hear(bytes: Uint8Array): void {
    for (const line of this.#splitter.take(bytes) ?? ['']) {
      if (!this.#understand(line)) {
        void this.hangUp();
        return;
      }
    }
  }

  #understand(line: string): boolean {
    if (!this.#isGreeted) {
      const greeting = decodeGreeting(line);
      if (greeting !== null) this.#greeting.resolve(greeting);
      this.#isGreeted = greeting !== null;
      return this.#isGreeted;
    }
    const wasOnMs = decodeAnswer(line);
    if (wasOnMs !== null) this.#waiting.shift()?.resolve(wasOnMs);
    return wasOnMs !== null;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#greeting.reject(guardIsGone());
    for (const answer of this.#waiting.splice(0)) answer.reject(guardIsGone());
  }
}

const guardIsGone = () => new PeristaError('E110', 'The guard of the relays is gone');
