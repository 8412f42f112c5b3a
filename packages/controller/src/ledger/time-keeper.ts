import type { Cancel, Clock, Log } from '@perista/core';
import { isPeristaError } from '@perista/core';
import { failureFields } from '../log-fields.ts';
import type { Facts } from './facts.ts';

const EVERY_MS = 60_000;

/** Keeps the high-water mark of wall time: written each minute, never decreased. */
export class TimeKeeper {
  readonly #clock: Clock;
  readonly #facts: Facts;
  readonly #log: Log;
  #cancel: Cancel = () => {};
  #isFailing = false;

  constructor(ports: { clock: Clock; facts: Facts; log: Log }) {
    this.#clock = ports.clock;
    this.#facts = ports.facts;
    this.#log = ports.log;
  }

  /** Whether the database could not be written when it was last tried. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  highWaterMs(): number {
    return this.#facts.read('high_water_ms') ?? 0;
  }

  start(): void {
    this.#raise();
    this.#cancel = this.#clock.after(EVERY_MS, () => this.start());
  }

  stop(): void {
    this.#cancel();
    this.#raise();
  }

  #raise(): void {
    try {
      const nowMs = Math.floor(this.#clock.wallMs());
      if (nowMs > this.highWaterMs()) this.#facts.write('high_water_ms', nowMs);
      this.#isFailing = false;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#isFailing = true;
      this.#log.error(failureFields(error), 'high-water mark of time not written');
    }
  }
}
