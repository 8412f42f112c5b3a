import type { Clock } from '@perista/core';

/**
 * The time by which volumes age out of the caps, ms since 1970. It starts at the wall clock, or at its high-water mark
 * if that is later, and then runs with the monotonic clock alone: a clock that is set cannot free a cap.
 */
export class ChargeClock {
  readonly #clock: Clock;
  readonly #startMs: number;

  constructor(clock: Clock, highWaterMs: number) {
    this.#clock = clock;
    this.#startMs = Math.max(clock.wallMs(), highWaterMs) - clock.monotonicMs();
  }

  nowMs(): number {
    return this.#startMs + this.#clock.monotonicMs();
  }
}
