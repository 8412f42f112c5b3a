import type { Cancel, Clock } from '@perista/core';

/** Leases last 3 s: five beats may be lost. */
const EVERY_MS = 500;

/** Keeps the leases of doses alive; silent while there are none. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #beat: (doseIds: readonly string[]) => void;
  readonly #doseIds = new Set<string>();
  #cancel: Cancel | null = null;

  constructor(clock: Clock, beat: (doseIds: readonly string[]) => void) {
    this.#clock = clock;
    this.#beat = beat;
  }

  /** START carried a lease, so the first beat may wait. */
  add(doseId: string): void {
    this.#doseIds.add(doseId);
    this.#cancel ??= this.#clock.after(EVERY_MS, () => this.#turn());
  }

  /** From now on its lease runs out. */
  remove(doseId: string): void {
    this.#doseIds.delete(doseId);
  }

  beatNow(): void {
    if (this.#doseIds.size > 0) this.#beat([...this.#doseIds]);
  }

  stop(): void {
    this.#doseIds.clear();
    this.#cancel?.();
    this.#cancel = null;
  }

  #turn(): void {
    this.#cancel = this.#doseIds.size > 0 ? this.#clock.after(EVERY_MS, () => this.#turn()) : null;
    this.beatNow();
  }
}
