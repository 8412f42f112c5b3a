import { assert } from '@perista/core';
import type { RelayBank } from './relay-bank.ts';

/** The bank as the pumps of its channels share it: who is not on never turns off who is. */
export class RelaySwitch {
  readonly #bank: RelayBank;
  #held: number | null = null;
  /** Orders to the bank that were carried out, and that were lost. */
  readonly counters = { answered: 0, lost: 0 };

  constructor(bank: RelayBank) {
    this.#bank = bank;
  }

  get channels(): number {
    return this.#bank.channels;
  }

  /**
   * Turns `channel` on, or lets it go on, for `forMs`; resolves to how long it was on since it was asked last, ms.
   * @throws PeristaError E110
   */
  on(channel: number, forMs: number): Promise<number> {
    assert(this.#held === null || this.#held === channel, `relay ${channel} is not turned on beside ${this.#held}`);
    const wasHeld = this.#held === channel;
    this.#held = channel;
    return this.#told(wasHeld, this.#bank.set(channel, forMs));
  }

  /**
   * Turns `channel` off; resolves to how long it was on since it was asked last, ms. While another one is on, it is off
   * already. @throws PeristaError E110
   */
  async off(channel: number): Promise<number> {
    if (this.#held !== null && this.#held !== channel) return 0;
    const wasHeld = this.#held === channel;
    this.#held = null;
    return this.#told(wasHeld, this.#bank.set(null, 0));
  }

  close(): Promise<void> {
    return this.#bank.close();
  }

  /** On-time of a relay that nobody here held is that of somebody before. */
  async #told(wasHeld: boolean, answer: Promise<number>): Promise<number> {
    try {
      const wasOnMs = await answer;
      this.counters.answered++;
      return wasHeld ? wasOnMs : 0;
    } catch (thrown) {
      this.counters.lost++;
      throw thrown;
    }
  }
}
