import type { Cancel, Clock } from '@perista/core';

/** Leases are short: a dose must not outlive its controller for long. */
export const LONGEST_LEASE_MS = 10_000;

/** The controller's promise to be alive; when it is not renewed in time, `onLost` is called once, at that instant. */
export class Lease {
  readonly #clock: Clock;
  readonly #onLost: () => void;
  #endsAtMs: number;
  #cancel: Cancel;

  constructor(clock: Clock, lengthMs: number, onLost: () => void) {
    this.#clock = clock;
    this.#onLost = onLost;
    this.#endsAtMs = clock.monotonicMs() + lengthMs;
    this.#cancel = clock.after(lengthMs, onLost);
  }

  /** By the clock, not by the timer: a process that was frozen thaws with timers late and old beats in its socket. */
  get isOver(): boolean {
    return this.#clock.monotonicMs() >= this.#endsAtMs;
  }

  /** Lets it last until `untilMs` of the monotonic clock, if that is later. A lease that is over stays over. */
  extend(untilMs: number): void {
    if (this.isOver || untilMs <= this.#endsAtMs) return;
    this.#cancel();
    this.#endsAtMs = untilMs;
    this.#cancel = this.#clock.after(untilMs - this.#clock.monotonicMs(), this.#onLost);
  }

  /** Ends the lease without losing it. */
  end(): void {
    this.#cancel();
  }
}
