import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

/** A folder of its own for a test; removed when the tests of the file are over and their processes are gone. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perista-e2e-'));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
