import type { JournalStorage } from './journal-storage.ts';

/** A journal that lives as long as the map that it is given: for simulations, where a restart hands the map on. */
export class MemoryJournalStorage implements JournalStorage {
  readonly #blobs: Map<string, Uint8Array>;

  constructor(blobs: Map<string, Uint8Array> = new Map()) {
    this.#blobs = blobs;
  }

  async list(): Promise<readonly string[]> {
    return [...this.#blobs.keys()];
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.#blobs.get(name)?.slice() ?? null;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(name, bytes.slice());
  }

  async remove(name: string): Promise<void> {
    this.#blobs.delete(name);
  }

  async close(): Promise<void> {}
}
