/** Readings that count: the highest of a few is nearest, and no more are worth keeping. */
const READINGS = 8;

/** Clocks of two machines come apart by so much of the time that passes: 100 ppm each. */
const DRIFT = 2e-4;

interface Reading {
  readonly offsetMs: number;
  readonly atMs: number;
}

/**
 * The agent's monotonic clock minus ours, ms: never more, so that no deadline comes out too late. Each reading is too low
 * by the time its message took, and may be too high by what the clocks have drifted since; one that lay in a socket
 * while a process was frozen is much too low.
 */
export class ClockOffset {
  #readings: readonly Reading[];

  constructor(first: Reading) {
    this.#readings = [first];
  }

  /** At `nowMs` of our monotonic clock. */
  at(nowMs: number): number {
    return Math.max(...this.#readings.map(({ offsetMs, atMs }) => offsetMs - (nowMs - atMs) * DRIFT));
  }

  learn(reading: Reading): void {
    this.#readings = [...this.#readings, reading].slice(-READINGS);
  }
}
