import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PeristaError } from '@perista/core';
import { FRAM_BYTES } from './fram-map.ts';
import { assertReadable, assertWritable, type FramStorage } from './fram-storage.ts';

/**
 * An image in a file that stands in for the chip, written in place and flushed: the two copies of each record make that
 * safe. `keep` makes a blank one if there is none. @throws PeristaError E308
 */
export async function openFramFile(path: string, use: 'keep' | 'look'): Promise<FramStorage> {
  return orUnusable(path, async () => {
    const file = use === 'look' ? await open(path, 'r') : await openOrMake(path);
    const { size } = await file.stat();
    if (size === FRAM_BYTES) return new FileFramStorage(path, file);
    await file.close();
    throw new PeristaError('E308', `${path} has ${size} bytes; an FRAM image has ${FRAM_BYTES}`);
  });
}

class FileFramStorage implements FramStorage {
  readonly #path: string;
  readonly #file: FileHandle;

  constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  read(address: number, length: number): Promise<Uint8Array> {
    assertReadable(address, length);
    return orUnusable(this.#path, async () => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await this.#file.read(bytes, 0, length, address);
      if (bytesRead === length) return bytes;
      throw new PeristaError('E308', `${this.#path} was cut short while it was open`);
    });
  }

  write(address: number, bytes: Uint8Array): Promise<void> {
    assertWritable(address, bytes.length);
    return orUnusable(this.#path, async () => {
      const { bytesWritten } = await this.#file.write(bytes, 0, bytes.length, address);
      if (bytesWritten !== bytes.length) throw new PeristaError('E308', `${this.#path} took a part of a record`);
      await this.#file.datasync();
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** A file that is too short is one whose making was cut: nothing was kept in it yet. */
async function openOrMake(path: string): Promise<FileHandle> {
  const there = await open(path, 'r+').catch(absent);
  const file = there ?? (await open(path, 'wx+', 0o600));
  const { size } = await file.stat();
  if (size < FRAM_BYTES && (await isZero(file, size))) {
    await file.truncate(FRAM_BYTES);
    await file.sync();
    await syncFolderOf(path);
  }
  return file;
}

async function isZero(file: FileHandle, size: number): Promise<boolean> {
  const bytes = new Uint8Array(size);
  await file.read(bytes, 0, size, 0);
  return bytes.every((byte) => byte === 0);
}

async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

function absent(thrown: unknown): null {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
  throw thrown;
}

async function orUnusable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PeristaError) throw cause;
    throw new PeristaError('E308', `The FRAM image ${path} cannot be used: ${String(cause)}`, { cause });
  }
}
