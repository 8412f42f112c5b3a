import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommissionResult } from '@perista/drivers';
import type { BoardPlace } from './dialogue.ts';

/** Adds to `<data>/commissioned.json`: by pump id, what was found and measured, and when. Gives the file's path. */
export function keepCommissioned(dataDir: string, atMs: number, place: BoardPlace, result: CommissionResult): string {
  const file = join(dataDir, 'commissioned.json');
  const { pumpId, path, baud, maxRpm } = place;
  const entry = { commissioned_at: new Date(atMs).toISOString(), path, baud, max_rpm: maxRpm, ...result };
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...read(file), [pumpId]: entry }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}

function read(file: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
