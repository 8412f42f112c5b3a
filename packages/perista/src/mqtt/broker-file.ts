import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerState } from '@perista/controller/broker';

/** `<data>/broker.json`: where the embedded broker is found, or why it is not. */
export type BrokerFile = BrokerState & { readonly pid: number };

const fileIn = (dataDir: string) => join(dataDir, 'broker.json');

/** Replaces the file as a whole: a reader sees the old one or the new one. */
export function writeBrokerFile(dataDir: string, content: BrokerFile): void {
  const next = `${fileIn(dataDir)}.new`;
  writeFileSync(next, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(next, fileIn(dataDir));
}

export const removeBrokerFile = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });

/** The file, or undefined if there is none that makes sense. */
export function readBrokerFile(dataDir: string): BrokerFile | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(fileIn(dataDir), 'utf8'));
    return isBrokerFile(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isBrokerFile(read: unknown): read is BrokerFile {
  if (typeof read !== 'object' || read === null || !('kind' in read && 'pid' in read)) return false;
  const words = { open: 'url', shut: 'reason' }[String(read.kind)];
  return words !== undefined && typeof (read as Record<string, unknown>)[words] === 'string';
}
