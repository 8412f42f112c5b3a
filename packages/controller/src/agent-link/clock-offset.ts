/** Readings that count; clocks of two machines drift apart, and the oldest must not count for ever. */
const READINGS = 8;

/**
 * The agent's monotonic clock minus ours, ms. Each reading is too low by the time its message took, so the highest of the
 * last ones is nearest; one that lay in a socket while a process was frozen is much too low.
 */
export class ClockOffset {
  #readings: readonly number[];

  constructor(firstMs: number) {
    this.#readings = [firstMs];
  }

  get ms(): number {
    return Math.max(...this.#readings);
  }

  learn(readingMs: number): void {
    this.#readings = [...this.#readings, readingMs].slice(-READINGS);
  }
}
