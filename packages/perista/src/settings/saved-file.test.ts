// Proves that what is saved is read again as it was, is for its owner alone, and that a disk that refuses is named.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readSavedFile, savedFileIn, writeSavedFile } from './saved-file.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'perista-saved-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('is read as it was written, by nobody but its owner', () => {
  const dataDir = folder();
  const file = savedFileIn(dataDir);
  const settings = { timezone: 'Asia/Tokyo', mqttUrl: 'mqtt://a:1', mqttPassword: 'x' };
  writeSavedFile(dataDir, settings);
  expect(readSavedFile(file, readFileSync(file, 'utf8'))).toEqual({ values: settings, mistakes: [] });
  writeSavedFile(dataDir, {});
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readSavedFile(file, readFileSync(file, 'utf8'))).toEqual({ values: {}, mistakes: [] });
});

it('that cannot be written says where (E303)', () => {
  expect(() => writeSavedFile(join(folder(), 'gone'), {})).toThrow(/settings\.json cannot be written \(ENOENT\)/);
});
