import { PeristaError } from '@perista/core';
import { type FramSlot, SHADOW_OFFSET } from './fram-map.ts';
import type { FramStorage } from './fram-storage.ts';
import { type Copy, seal, unseal } from './sealed-record.ts';
import { type RecordContent, settleCopies } from './settled-copies.ts';

/**
 * One record in two copies (P24): the second is written and read back before the first is touched, so that a cut at
 * any byte leaves at least one whole copy, the old or the new. Saves follow each other; a failed one may be durable.
 */
export class FramCell<T> {
  readonly #storage: FramStorage;
  readonly #slot: FramSlot<T>;
  #sequence = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: FramStorage, slot: FramSlot<T>) {
    this.#storage = storage;
    this.#slot = slot;
  }

  /** Reads both copies and brings the older or damaged one up to the newer. Must come before the first save. */
  load(): Promise<RecordContent<T>> {
    return this.#inTurn(async () => {
      const [first, second] = [await this.#read(0), await this.#read(SHADOW_OFFSET)];
      const content = settleCopies(first, second);
      if (content.kind !== 'kept') return content;
      this.#sequence = content.sequence;
      const bytes = seal(this.#slot.codec, content.value, content.sequence);
      if (!holds(second, content.sequence)) await this.#writeVerified(SHADOW_OFFSET, bytes);
      if (!holds(first, content.sequence)) await this.#writeVerified(0, bytes);
      return content;
    });
  }

  /** Resolves when both copies are durable and were read back. @throws PeristaError E307, E308 */
  save(value: T): Promise<void> {
    return this.#inTurn(async () => {
      this.#sequence = (this.#sequence + 1) >>> 0;
      const bytes = seal(this.#slot.codec, value, this.#sequence);
      await this.#writeVerified(SHADOW_OFFSET, bytes);
      await this.#writeVerified(0, bytes);
    });
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#last.then(work, work);
    this.#last = done;
    return done;
  }

  async #read(offset: number): Promise<Copy<T>> {
    const { codec, address } = this.#slot;
    return unseal(codec, await this.#storage.read(address + offset, codec.bytes));
  }

  async #writeVerified(offset: number, bytes: Uint8Array): Promise<void> {
    const address = this.#slot.address + offset;
    await this.#storage.write(address, bytes);
    const readBack = await this.#storage.read(address, bytes.length);
    if (bytes.every((byte, index) => byte === readBack[index])) return;
    throw new PeristaError('E308', `${this.#slot.name} does not read back as it was written`);
  }
}

const holds = (copy: Copy<unknown>, sequence: number) => copy.kind === 'good' && copy.sequence === sequence;
