import { PeristaError } from '@perista/core';
import type { JournalStorage } from '../journal/journal-storage.ts';
import { MemoryJournalStorage } from '../journal/memory-journal-storage.ts';

/**
 * A medium in a machine whose power fails at the n-th byte that is written: the write under way stays torn, the bytes
 * before it in place and the old ones after it, and from then on nothing answers.
 */
export class DyingStorage implements JournalStorage {
  readonly #blobs: Map<string, Uint8Array>;
  readonly #inner: MemoryJournalStorage;
  readonly #onDeath: () => void;
  #bytesLeft: number;
  #isDead = false;
  bytesWritten = 0;

  constructor(blobs: Map<string, Uint8Array>, dieAtByte = Number.POSITIVE_INFINITY, onDeath = () => {}) {
    this.#blobs = blobs;
    this.#inner = new MemoryJournalStorage(blobs);
    this.#bytesLeft = dieAtByte;
    this.#onDeath = onDeath;
  }

  async list(): Promise<readonly string[]> {
    await this.#alive();
    return this.#inner.list();
  }

  async read(name: string): Promise<Uint8Array | null> {
    await this.#alive();
    return this.#inner.read(name);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#alive();
    if (bytes.length > this.#bytesLeft) {
      this.#tear(name, bytes.subarray(0, this.#bytesLeft));
      this.die();
      this.#onDeath();
      await this.#alive();
    }
    this.#bytesLeft -= bytes.length;
    this.bytesWritten += bytes.length;
    return this.#inner.write(name, bytes);
  }

  async remove(name: string): Promise<void> {
    await this.#alive();
    return this.#inner.remove(name);
  }

  async close(): Promise<void> {}

  /** The machine is gone between two writes. */
  die(): void {
    this.#isDead = true;
  }

  #tear(name: string, head: Uint8Array): void {
    const old = this.#blobs.get(name);
    const torn = new Uint8Array(Math.max(head.length, old?.length ?? 0));
    if (old !== undefined) torn.set(old);
    torn.set(head);
    this.#blobs.set(name, torn);
  }

  async #alive(): Promise<void> {
    if (this.#isDead) await new Promise<never>(() => {});
  }
}

/** A medium whose writes can be made to fail or to hang, in a machine that lives on. */
export class FailingStorage extends MemoryJournalStorage {
  writes: 'work' | 'fail' | 'hang' = 'work';

  override async write(name: string, bytes: Uint8Array): Promise<void> {
    if (this.writes === 'hang') await new Promise<never>(() => {});
    if (this.writes === 'fail') throw new PeristaError('E303', 'No space left on the medium');
    return super.write(name, bytes);
  }
}
