import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1e9;

/** In memory, where there is enough of it: a busy disk that takes seconds for a flush stops a dose, as it should, and with it the test of something else. */
function root(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ENOUGH_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A folder of its own for a test; removed when the tests of the file are over and their processes are gone. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(root(), 'perista-e2e-'));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
