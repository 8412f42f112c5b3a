// Proves that a journal in a real folder gives back what was written, in place, and tells when it cannot be used.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPeristaError } from '@perista/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DurableCell } from './durable-cell.ts';
import { FileJournalStorage } from './file-journal-storage.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perista-journal-'));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

describe('FileJournalStorage', () => {
  it('makes its folder, writes over longer and shorter blobs, and removes them', async () => {
    const storage = new FileJournalStorage(join(folder, 'journal'));
    expect(await storage.list()).toEqual([]);
    expect(await storage.read('dose.p1.2026-01-01.a')).toBeNull();
    await storage.write('dose.p1.2026-01-01.a', new Uint8Array([1, 2, 3, 4]));
    await storage.write('dose.p1.2026-01-01.a', new Uint8Array([5, 6]));
    expect([...((await storage.read('dose.p1.2026-01-01.a')) ?? [])]).toEqual([5, 6]);
    expect(await storage.list()).toEqual(['dose.p1.2026-01-01.a']);
    await storage.remove('dose.p1.2026-01-01.a');
    await storage.remove('dose.p1.2026-01-01.a');
    expect(await storage.list()).toEqual([]);
  });

  it('holds cells that the next process reads', async () => {
    await new DurableCell(new FileJournalStorage(folder), 'epoch').save('7');
    expect(await new DurableCell(new FileJournalStorage(folder), 'epoch').load()).toEqual({
      kind: 'kept',
      payload: '7',
    });
    const [a, b] = await Promise.all(['epoch.a', 'epoch.b'].map((name) => readFile(join(folder, name))));
    expect(a?.equals(b ?? new Uint8Array())).toBe(true);
  });

  it('passes by files that are no blobs', async () => {
    await writeFile(join(folder, '.lock'), '');
    expect(await new FileJournalStorage(folder).list()).toEqual([]);
  });

  it('tells with E303 that a blob cannot be written', async () => {
    const storage = new FileJournalStorage(join(folder, 'gone', 'deeper'));
    const thrown: unknown = await storage.write('x.a', new Uint8Array([1])).catch((error: unknown) => error);
    expect(isPeristaError(thrown, 'E303')).toBe(true);
  });

  it('closes when what was begun is written', async () => {
    const storage = new FileJournalStorage(folder);
    const writing = storage.write('x.a', new Uint8Array([1]));
    await storage.close();
    expect(await readFile(join(folder, 'x.a'))).toHaveLength(1);
    await writing;
  });
});
