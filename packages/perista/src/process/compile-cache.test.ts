// Proves that compiled sources of other releases do not pile up, and that this release's stay.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { compileCache } from './compile-cache.ts';

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perista-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('keeps the compiled sources of this release alone', () => {
  const dataDir = dataFolder();
  for (const name of ['1.0.0', '1.1.0', 'v24.0.0-x64']) {
    mkdirSync(join(dataDir, 'cache', name), { recursive: true });
    writeFileSync(join(dataDir, 'cache', name, 'a'), 'code');
  }
  expect(compileCache(dataDir, '1.1.0')).toBe(join(dataDir, 'cache', '1.1.0'));
  expect(readdirSync(join(dataDir, 'cache'))).toEqual(['1.1.0']);
  expect(existsSync(join(dataDir, 'cache', '1.1.0', 'a'))).toBe(true);
});

it('needs no folder, and stops no start', () => {
  const dataDir = dataFolder();
  expect(compileCache(dataDir, '1.1.0')).toBe(join(dataDir, 'cache', '1.1.0'));
  writeFileSync(join(dataDir, 'cache'), 'no folder');
  expect(compileCache(dataDir, '1.1.0')).toBe(join(dataDir, 'cache', '1.1.0'));
});
