import type { Clock } from '@perista/core';

/** Devices that are remembered at most: invented ids shall not fill the disk. */
const MOST_DEVICES = 5_000;
/** New ones that are let in at once, and then each minute: a whole fleet on its first day, and no flood. */
const MOST_AT_ONCE = 1_000;
const MOST_A_MINUTE = 60;

/** How many devices that nobody has heard of yet may still come. */
export class NewcomerAllowance {
  readonly #clock: Clock;
  #allowance = MOST_AT_ONCE;
  #countedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedMs = clock.monotonicMs();
  }

  /** False: one more than `known` is not let in. */
  take(known: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#allowance = Math.min(MOST_AT_ONCE, this.#allowance + ((nowMs - this.#countedMs) / 60_000) * MOST_A_MINUTE);
    this.#countedMs = nowMs;
    if (known >= MOST_DEVICES || this.#allowance < 1) return false;
    this.#allowance--;
    return true;
  }
}
