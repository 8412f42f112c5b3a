import type { Cancel, Clock } from '@perista/core';

interface PipeConditions {
  readonly isFrozen: boolean;
  readonly delayMs: () => number;
}

/** One way of a connection: each thing takes its time, none overtakes another. Without a delay it is there at once. */
export class OrderedPipe {
  readonly #clock: Clock;
  readonly #conditions: PipeConditions;
  readonly #waiting: { readonly dueMs: number; readonly arrive: () => void }[] = [];
  #cancel: Cancel = () => {};
  #isClosed = false;
  #isArriving = false;

  constructor(clock: Clock, conditions: PipeConditions) {
    this.#clock = clock;
    this.#conditions = conditions;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(arrive: () => void): void {
    if (this.#isClosed) return;
    const dueMs = this.#clock.monotonicMs() + this.#conditions.delayMs();
    this.#waiting.push({ dueMs, arrive });
    this.look();
  }

  /** What is due arrives, unless nothing gets through. */
  look(): void {
    if (this.#isArriving) return;
    this.#cancel();
    this.#isArriving = true;
    try {
      for (;;) {
        const [next] = this.#waiting;
        if (next === undefined || this.#isClosed || this.#conditions.isFrozen) return;
        const inMs = next.dueMs - this.#clock.monotonicMs();
        if (inMs > 0) {
          this.#cancel = this.#clock.after(inMs, () => this.look());
          return;
        }
        this.#waiting.shift();
        next.arrive();
      }
    } finally {
      this.#isArriving = false;
    }
  }

  /** What is still under way is lost. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
    this.#waiting.length = 0;
  }
}
