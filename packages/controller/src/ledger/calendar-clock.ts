import type { Cancel, Clock } from '@perista/core';

/** The machine's clock, with a wall time that a better clock can put right. What is measured stays as it is (P19). */
export class CalendarClock implements Clock {
  readonly #machine: Clock;
  #offsetMs = 0;

  constructor(machine: Clock) {
    this.#machine = machine;
  }

  monotonicMs(): number {
    return this.#machine.monotonicMs();
  }

  wallMs(): number {
    return this.#machine.wallMs() + this.#offsetMs;
  }

  after(delayMs: number, fn: () => void): Cancel {
    return this.#machine.after(delayMs, fn);
  }

  /** Whether it shows another time than the machine. */
  get isCorrected(): boolean {
    return this.#offsetMs !== 0;
  }

  /** Shows the time of the machine again. */
  follow(): void {
    this.#offsetMs = 0;
  }

  /** Shows `wallMs` now, and goes on from there. */
  show(wallMs: number): void {
    this.#offsetMs = wallMs - this.#machine.wallMs();
  }
}
