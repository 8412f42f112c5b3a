// Proves with real processes and lines that stay as last driven: whatever becomes of the process that keeps a relay on, and of
// the guard itself, the relay goes off; within 300 ms where the guard lives (I14).
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EmulatorWindow, guardOf, killHard, runPerista, tempFolder, until } from './harness/index.ts';

const LIMIT_MS = 300;
const ROUNDS = 5;
const STAND_IN = join(import.meta.dirname, 'relays', 'hold-relay.ts');

const dataDir = tempFolder();
const hardware = new EmulatorWindow(dataDir);
const standIns: ChildProcess[] = [];

beforeAll(async () => {
  runPerista(['emulate'], { dataDir });
  await until(() => hardware.truth('relay-3'), 15_000, 'the emulated hardware answers');
});

afterEach(async () => {
  for (const { pid } of standIns.splice(0)) if (pid !== undefined) await killHard(pid);
  await until(async () => !(await hardware.truth('relay-3')).moving, 5_000, 'the relay is off after the test');
});

/** A process that keeps relay 3 on, and its guard. */
async function holdRelay(): Promise<{ pid: number; guardPid: number }> {
  const { lines } = JSON.parse(readFileSync(join(dataDir, 'emulator.json'), 'utf8')) as { lines: { relays: string } };
  const standIn = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', STAND_IN, lines.relays], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  standIns.push(standIn);
  const { pid } = standIn;
  if (pid === undefined) throw new Error('the stand-in could not be started');
  await until(async () => (await hardware.truth('relay-3')).moving, 15_000, 'the relay is on');
  return { pid, guardPid: guardOf(pid) };
}

/** How long the relay stayed on after `at`, ms of wall time. */
async function onAfter(at: number, what: string): Promise<number> {
  const end = await until(
    async () => {
      const { moving, motions } = await hardware.truth('relay-3');
      return moving ? undefined : motions.at(-1)?.ended_at;
    },
    10_000,
    what,
  );
  return Date.parse(end ?? '') - at;
}

describe('a relay that is on', () => {
  it(`goes off within ${LIMIT_MS} ms when the process that keeps it on is killed`, async () => {
    const onMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { pid } = await holdRelay();
      process.kill(pid, 'SIGKILL');
      onMs.push(await onAfter(Date.now(), 'off after SIGKILL'));
    }
    expect(Math.max(...onMs)).toBeLessThanOrEqual(LIMIT_MS);
    expect(Math.min(...onMs), 'the end of the pipe is noticed before any deadline').toBeLessThan(100);
  });

  it(`goes off within ${LIMIT_MS} ms when that process is stopped, though its pipe stays`, async () => {
    const onMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { pid } = await holdRelay();
      process.kill(pid, 'SIGSTOP');
      onMs.push(await onAfter(Date.now(), 'off after SIGSTOP'));
      await killHard(pid);
    }
    expect(Math.max(...onMs)).toBeLessThanOrEqual(LIMIT_MS);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('goes off by the next guard when its guard meets %s', async (signal) => {
    const { pid, guardPid } = await holdRelay();
    process.kill(guardPid, signal);
    const lateMs = await onAfter(Date.now(), 'off by the next guard');
    expect(lateMs).toBeLessThan(3_000);
    await until(() => guardOf(pid) !== guardPid, 5_000, 'there is another guard');
  });
});
