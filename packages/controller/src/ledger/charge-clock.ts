import { type Clock, isPlausible } from '@perista/core';

/**
 * The time by which volumes age out of the caps, ms since 1970. It starts at the wall clock, or at its high-water mark
 * if that is later or the wall clock shows a year that nobody can mean. Then it runs with the monotonic clock alone: a
 * clock that is set cannot free a cap.
 */
export class ChargeClock {
  readonly #clock: Clock;
  readonly #startMs: number;

  constructor(clock: Clock, highWaterMs: number) {
    this.#clock = clock;
    const wallMs = clock.wallMs();
    this.#startMs = (isPlausible(wallMs) ? Math.max(wallMs, highWaterMs) : highWaterMs) - clock.monotonicMs();
  }

  nowMs(): number {
    return this.#startMs + this.#clock.monotonicMs();
  }
}
