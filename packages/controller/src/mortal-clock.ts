import type { Cancel, Clock } from '@perista/core';

/** A clock that a crash stops for whoever was given it. */
export class MortalClock implements Clock {
  #isDead = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  die(): void {
    this.#isDead = true;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  after(delayMs: number, fn: () => void): Cancel {
    return this.#clock.after(delayMs, () => {
      if (!this.#isDead) fn();
    });
  }
}
