import { PeristaError } from '@perista/core';
import type { KeptFact } from '../journal/kept-fact.ts';

/** Which controller session may give orders: the newest that said Hello to this run, once its epoch is durable. */
export class SessionEpoch {
  readonly #kept: KeptFact<string>;
  /** Null until the first Hello: after a restart nothing moves under an old session. */
  #announced: bigint | null = null;

  constructor(kept: KeptFact<string>) {
    this.#kept = kept;
  }

  /** The highest epoch that is durable. */
  get highest(): bigint {
    return BigInt(this.#kept.value);
  }

  /**
   * Makes `epoch` the newest; resolves when that is durable. One that is known already is another controller's, which chose
   * it at the same time. @throws PeristaError E203, E303
   */
  async adopt(epoch: bigint): Promise<void> {
    const newest = this.#announced ?? this.highest;
    if (epoch <= newest) throw new PeristaError('E203', `Epoch ${epoch} is not above ${newest}`);
    this.#announced = epoch;
    if (epoch > this.highest) await this.#kept.save(epoch.toString());
  }

  /** Whether orders of `epoch` may be carried out: not those of a session that a newer one is replacing. */
  admits(epoch: bigint): boolean {
    return epoch === this.#announced && epoch === this.highest;
  }

  /** Writes the epoch anew where its records were damaged. @throws PeristaError E303 */
  async repair(): Promise<void> {
    if (this.#kept.isDamaged) await this.#kept.save(this.#kept.value);
  }
}
