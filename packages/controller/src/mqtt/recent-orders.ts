import type { Clock } from '@perista/core';

/** The same order without an id is the same order again for so long (P1). */
export const REPEAT_MS = 10_000;

/** Orders that were accepted a moment ago, by their spelling. */
export class RecentOrders {
  readonly #clock: Clock;
  /** When, on the monotonic clock, ms. */
  readonly #accepted = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(spelling: string): void {
    this.#accepted.set(spelling, this.#clock.monotonicMs());
  }

  /** Why it may be one that was obeyed already, in words; undefined if it is none. */
  objection(spelling: string, advice: string): string | undefined {
    const nowMs = this.#clock.monotonicMs();
    for (const [each, atMs] of this.#accepted) if (nowMs - atMs >= REPEAT_MS) this.#accepted.delete(each);
    if (!this.#accepted.has(spelling)) return undefined;
    return `the same order came less than ${REPEAT_MS / 1000} s ago; ${advice}`;
  }
}
