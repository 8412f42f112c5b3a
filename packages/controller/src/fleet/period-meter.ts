/** Messages closer than this were sent at once. */
const AT_ONCE_MS = 50;
const INTERVALS = 5;
/** Fewer do not make a habit. */
const LEAST_INTERVALS = 3;
/** A device that tells less than this of itself would be taken for gone whenever a packet is late, ms. */
const LEAST_PERIOD_MS = 200;
const MOST_PERIOD_MS = 3_600_000;

/** How often a device speaks: as it says, else the median of the last intervals. */
export class PeriodMeter {
  #toldMs: number | null = null;
  #lastMs: number | null = null;
  #intervals: number[] = [];
  #state: string | undefined;

  /** Null: neither told nor measured yet. */
  get periodMs(): number | null {
    if (this.#toldMs !== null) return this.#toldMs;
    if (this.#intervals.length < LEAST_INTERVALS) return null;
    return bounded(this.#intervals.toSorted((one, other) => one - other)[Math.floor(this.#intervals.length / 2)] ?? 0);
  }

  hear(nowMs: number): void {
    const interval = this.#lastMs === null ? 0 : nowMs - this.#lastMs;
    if (this.#lastMs !== null && interval < AT_ONCE_MS) return;
    if (this.#lastMs !== null) this.#intervals = [...this.#intervals.slice(1 - INTERVALS), interval];
    this.#lastMs = nowMs;
  }

  /** It is in another state now, in which it may speak at another pace. */
  enter(state: string | undefined): void {
    if (state === undefined || state === this.#state) return;
    this.#state = state;
    this.#intervals = [];
  }

  /** As the device says, s. */
  tell(periodS: number | undefined): void {
    if (periodS !== undefined && periodS > 0) this.#toldMs = bounded(periodS * 1000);
  }
}

const bounded = (ms: number): number => Math.min(MOST_PERIOD_MS, Math.max(LEAST_PERIOD_MS, ms));
