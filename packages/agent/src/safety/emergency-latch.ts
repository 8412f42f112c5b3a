import type { KeptFact } from '../journal/kept-fact.ts';

/**
 * While set, nothing moves. It is set in memory at once and in the journal as soon as the medium allows; it is lifted
 * in the journal first. It survives restarts of the agent.
 */
export class EmergencyLatch {
  readonly #kept: KeptFact<boolean>;
  #isSet: boolean;
  #settings = 0;

  constructor(kept: KeptFact<boolean>) {
    this.#kept = kept;
    this.#isSet = kept.value;
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** Blocks at once; resolves when that is durable. @throws PeristaError E303, still set */
  async set(): Promise<void> {
    this.#isSet = true;
    this.#settings++;
    await this.#kept.save(true);
  }

  /** Lifts the latch unless it was set again meanwhile. @throws PeristaError E303, still set */
  async release(): Promise<void> {
    const settings = this.#settings;
    await this.#kept.save(false);
    if (this.#settings === settings) this.#isSet = false;
  }
}
