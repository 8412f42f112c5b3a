import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `<data>/emulator.json`: where the emulated hardware is found. */
export interface EmulatorFile {
  readonly pid: number;
  /** Port of its window on loopback. */
  readonly port: number;
  /** Address of each serial line, `tcp://127.0.0.1:port`, by line id. */
  readonly lines: Readonly<Record<string, string>>;
}

const fileIn = (dataDir: string) => join(dataDir, 'emulator.json');

/** Replaces the file as a whole: a reader sees the old one or the new one. */
export function writeEmulatorFile(dataDir: string, content: EmulatorFile): void {
  const next = `${fileIn(dataDir)}.new`;
  writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, fileIn(dataDir));
}

/** The file, or undefined if there is none that makes sense. */
export function readEmulatorFile(dataDir: string): EmulatorFile | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(fileIn(dataDir), 'utf8'));
    return isEmulatorFile(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isEmulatorFile(read: unknown): read is EmulatorFile {
  if (typeof read !== 'object' || read === null || !('pid' in read && 'port' in read && 'lines' in read)) return false;
  const { pid, port, lines } = read;
  if (!Number.isInteger(pid) || !Number.isInteger(port) || typeof lines !== 'object' || lines === null) return false;
  return Object.values(lines).every((line) => typeof line === 'string' && /^tcp:\/\/127\.0\.0\.1:\d+$/.test(line));
}
