import type { Clock } from '@perista/core';

/** A sleep that can be cut short; one at a time. */
export class WakeableSleep {
  readonly #clock: Clock;
  #wake = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves at `untilMs` of the monotonic clock, or when woken. */
  until(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(Math.max(0, untilMs - this.#clock.monotonicMs()), resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  wake(): void {
    this.#wake();
  }
}
