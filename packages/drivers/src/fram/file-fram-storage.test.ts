// Proves that a file keeps an image as the chip does, and that a file that is none is refused untouched.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFramFile } from './file-fram-storage.ts';
import { framStorageContract } from './fram-storage-contract.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perista-fram-'));
});
afterAll(() => rm(folder, { recursive: true }));

framStorageContract('openFramFile', () => openFramFile(join(folder, 'contract.bin'), 'keep'));

describe('openFramFile', () => {
  it('makes a file for its owner only', async () => {
    const path = join(folder, 'new.bin');
    await (await openFramFile(path, 'keep')).close();
    const { size, mode } = await stat(path);
    expect([size, mode & 0o777]).toEqual([32_768, 0o600]);
  });

  it('finishes a file whose making was cut', async () => {
    const path = join(folder, 'cut.bin');
    await writeFile(path, '');
    await (await openFramFile(path, 'keep')).close();
    expect((await stat(path)).size).toBe(32_768);
  });

  it.each(['keep', 'look'] as const)('refuses what has another size, to %s', async (use) => {
    const path = join(folder, 'diary.txt');
    await writeFile(path, 'Dear diary');
    await expect(openFramFile(path, use)).rejects.toMatchObject({
      code: 'E308',
      message: `${path} has 10 bytes; an FRAM image has 32768`,
    });
    expect(await readFile(path, 'utf8')).toBe('Dear diary');
  });

  it('looks at nothing that is not there, and makes nothing', async () => {
    const path = join(folder, 'absent.bin');
    await expect(openFramFile(path, 'look')).rejects.toMatchObject({ code: 'E308' });
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});
