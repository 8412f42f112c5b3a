import { PeristaError } from '@perista/core';
import type { JournalStorage } from './journal-storage.ts';
import { decodeRecord, encodeRecord, type FramedRecord } from './record-frame.ts';

/** What a cell holds. `damaged`: something was kept here once, and no copy of it can be believed. */
export type CellContent =
  | { readonly kind: 'empty' }
  | { readonly kind: 'kept'; readonly payload: unknown }
  | { readonly kind: 'damaged' };

type Copy = { readonly kind: 'absent' | 'bad' } | { readonly kind: 'good'; readonly record: FramedRecord };

/**
 * One value in two copies (P24): B is written and read back before A is touched, so that a cut at any byte leaves at
 * least one whole copy, the old or the new. Saves follow each other; a failed save may still be durable.
 */
export class DurableCell {
  readonly #storage: JournalStorage;
  readonly #nameA: string;
  readonly #nameB: string;
  #sequence = 0;
  #lastSave: Promise<void> = Promise.resolve();

  constructor(storage: JournalStorage, name: string) {
    this.#storage = storage;
    this.#nameA = `${name}.a`;
    this.#nameB = `${name}.b`;
  }

  /** Reads both copies, takes the newer good one and repairs the other. */
  async load(): Promise<CellContent> {
    const [bytesA, bytesB] = await Promise.all([this.#storage.read(this.#nameA), this.#storage.read(this.#nameB)]);
    const a = copyOf(bytesA);
    // Nearly always they are the same, and need to be understood once.
    const b = bytesA !== null && bytesB !== null && isSame(bytesA, bytesB) ? a : copyOf(bytesB);
    if (a.kind !== 'good' && b.kind !== 'good') {
      // B alone and torn is the very first save, cut before anybody relied on it.
      return { kind: a.kind === 'absent' ? 'empty' : 'damaged' };
    }
    const newest = b.kind !== 'good' || (a.kind === 'good' && a.record.sequence > b.record.sequence) ? a : b;
    if (newest.kind !== 'good') return { kind: 'damaged' };
    const { record } = newest;
    this.#sequence = record.sequence;
    if (!holds(b, record)) await this.#writeVerified(this.#nameB, encodeRecord(record));
    if (!holds(a, record)) await this.#writeVerified(this.#nameA, encodeRecord(record));
    return { kind: 'kept', payload: record.payload };
  }

  /** Resolves when both copies are durable and were read back. @throws PeristaError E303 */
  save(payload: unknown): Promise<void> {
    const bytes = encodeRecord({ sequence: ++this.#sequence, payload });
    const write = async () => {
      await this.#writeVerified(this.#nameB, bytes);
      await this.#writeVerified(this.#nameA, bytes);
    };
    const saved = this.#lastSave.then(write, write);
    this.#lastSave = saved;
    return saved;
  }

  /** Forgets the value. A goes last, so that a cut leaves a whole copy or none. */
  async remove(): Promise<void> {
    await this.#storage.remove(this.#nameB);
    await this.#storage.remove(this.#nameA);
  }

  /** Puts what can be read of a damaged value aside, for a person to look at, and starts anew. */
  async quarantine(): Promise<void> {
    for (const name of [this.#nameB, this.#nameA]) {
      const bytes = await this.#storage.read(name);
      if (bytes !== null) await this.#storage.write(`damaged.${name}`, bytes);
      await this.#storage.remove(name);
    }
  }

  async #writeVerified(name: string, bytes: Uint8Array): Promise<void> {
    await this.#storage.write(name, bytes);
    const readBack = await this.#storage.read(name);
    if (readBack === null || !isSame(bytes, readBack)) {
      throw new PeristaError('E303', `Journal record ${name} does not read back as it was written`);
    }
  }
}

function copyOf(bytes: Uint8Array | null): Copy {
  if (bytes === null) return { kind: 'absent' };
  const record = decodeRecord(bytes);
  return record === null ? { kind: 'bad' } : { kind: 'good', record };
}

const holds = (copy: Copy, record: FramedRecord) => copy.kind === 'good' && copy.record.sequence === record.sequence;

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;
