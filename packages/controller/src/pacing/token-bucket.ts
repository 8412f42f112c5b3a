import type { Clock } from '@perista/core';

/** How fast something may be used, in the long run and at once. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** Counts what is used, and says when it is too much. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #pace: Pace;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
    this.#left = pace.burst;
    this.#atMs = clock.monotonicMs();
  }

  /** Whether there is so much left. */
  has(amount: number): boolean {
    const { perSecond, burst } = this.#pace;
    const nowMs = this.#clock.monotonicMs();
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) * perSecond) / 1000);
    this.#atMs = nowMs;
    return amount <= this.#left;
  }

  /** Whether there was so much left; if not, nothing is taken. */
  take(amount: number): boolean {
    if (!this.has(amount)) return false;
    this.#left -= amount;
    return true;
  }
}
