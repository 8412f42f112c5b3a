/** A controller that died must be back within the lease of a running dose (3 s), so the first wait is short. */
const FIRST_MS = 100;
const LONGEST_MS = 10_000;
/** A process that lived this long does not fail at its start; its next end counts as the first. */
const STABLE_MS = 3_000;

/** How long to wait before a process that died is started again: twice as long each time, up to a limit. */
export class BackOff {
  #nextMs = FIRST_MS;

  /** Wait after a life of `uptimeMs`. */
  afterLife(uptimeMs: number): number {
    if (uptimeMs >= STABLE_MS) this.#nextMs = FIRST_MS;
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(2 * delayMs, LONGEST_MS);
    return delayMs;
  }
}
