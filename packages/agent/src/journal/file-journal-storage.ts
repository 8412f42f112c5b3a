import { mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, PeristaError } from '@perista/core';
import type { JournalStorage } from './journal-storage.ts';

const BLOB_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/**
 * A journal in a folder, one file per blob, written in place: the copies that {@link DurableCell} keeps make that safe.
 * File and, for a new or removed one, folder are flushed to the medium before a call resolves.
 */
export class FileJournalStorage implements JournalStorage {
  readonly #folder: string;
  readonly #underWay = new Set<Promise<void>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(): Promise<readonly string[]> {
    return this.#orUnusable(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      return (await readdir(this.#folder)).filter((name) => BLOB_NAME.test(name));
    });
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.#orUnusable(() => ifThere(readFile(this.#path(name))));
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    return this.#tracked(async () => {
      const there = await ifThere(open(this.#path(name), 'r+'));
      const file = there ?? (await open(this.#path(name), 'wx', 0o600));
      try {
        await file.write(bytes, 0, bytes.length, 0);
        await file.truncate(bytes.length);
        await file.sync();
      } finally {
        await file.close();
      }
      if (there === null) await this.#syncFolder();
    });
  }

  async remove(name: string): Promise<void> {
    return this.#tracked(async () => {
      await ifThere(unlink(this.#path(name)));
      await this.#syncFolder();
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #path(name: string): string {
    assert(BLOB_NAME.test(name), 'a blob name is a plain file name');
    return join(this.#folder, name);
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  #tracked(work: () => Promise<void>): Promise<void> {
    const done = this.#orUnusable(work);
    this.#underWay.add(done);
    const forget = () => this.#underWay.delete(done);
    done.then(forget, forget);
    return done;
  }

  async #orUnusable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new PeristaError('E303', `The journal in ${this.#folder} cannot be used: ${String(cause)}`, { cause });
    }
  }
}

/** What `work` gives, or null if the file does not exist. */
async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}
