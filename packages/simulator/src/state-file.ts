import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '@perista/core';
import { z } from 'zod';
import { BoardSnapshot } from './board/emulated-board.ts';
import { RtcState } from './chips/emulated-rtc.ts';
import { ActiveFault } from './window/fault-desk.ts';

/** What emulated boards keep while their process is away, as real boards keep what they know while they are powered. */
const HardwareState = z.strictObject({
  version: z.literal(1),
  /** When it was taken, on both clocks: instants inside are of that monotonic clock. */
  wallMs: z.number(),
  monotonicMs: z.number(),
  faults: z.array(ActiveFault),
  boards: z.record(z.string(), BoardSnapshot),
  rtc: RtcState.optional(),
});
export type HardwareState = z.infer<typeof HardwareState>;

/** The state of the process before, or null if there is none that can be read: then the boards are new. */
export function loadState(path: string, log: Log): HardwareState | null {
  try {
    return HardwareState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (!isMissing(error)) log.warn({ path, error: String(error) }, 'state of the emulated boards is unreadable');
    return null;
  }
}

/** Replaces the file as a whole, so that a reader never meets half of it. */
export function saveState(path: string, state: HardwareState): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  writeFileSync(fresh, JSON.stringify(state));
  renameSync(fresh, path);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
