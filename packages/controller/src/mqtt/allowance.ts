import type { Clock } from '@perista/core';

/** How much may be done: so much at once, and so much a second. */
export class Allowance {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #most: number;
  readonly #perS: number;
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'monotonicMs'>, most: number, perS: number) {
    this.#clock = clock;
    this.#most = most;
    this.#perS = perS;
    this.#left = most;
  }

  get isUsedUp(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const sinceS = Math.max(0, nowMs - this.#atMs) / 1000;
    this.#left = Math.min(this.#most, this.#left + sinceS * this.#perS);
    this.#atMs = nowMs;
    return this.#left < 1;
  }

  /** Whether there was some left. */
  use(): boolean {
    if (this.isUsedUp) return false;
    this.#left--;
    return true;
  }
}
