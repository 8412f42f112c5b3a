import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { type Clock, PeristaError, sleep } from '@perista/core';
import koffi from 'koffi';

/** From flock(2); the numbers are the same on Linux and macOS. */
const LOCK_EX = 2;
const LOCK_NB = 4;
const POLL_MS = 100;

const flock = koffi.load(null).func('int flock(int fd, int operation)');

/** Held until released or until the process ends, however it ends: the kernel keeps it, not the file. */
export interface FolderLock {
  release(): void;
}

/** Takes the lock `file`, which then holds our pid; undefined when another process has it. */
export function tryLock(file: string): FolderLock | undefined {
  const fd = openSync(file, 'a+', 0o600);
  if (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    const errno = koffi.errno();
    closeSync(fd);
    if (errno === constants.errno.EAGAIN) return undefined;
    throw new PeristaError(
      'E303',
      `${file} cannot be locked (errno ${errno}); the data folder must be on a local disk`,
    );
  }
  ftruncateSync(fd);
  writeSync(fd, `${process.pid}\n`);
  return { release: () => closeSync(fd) };
}

/** Process that holds or last held the lock, as the file says. */
export function lockOwner(file: string): number | undefined {
  const pid = Number(readFileSync(file, 'utf8'));
  return pid > 0 ? pid : undefined;
}

/**
 * Waits while another process has the lock: what was killed a moment ago may still bring its pumps to rest.
 * @throws PeristaError E304 after `limitMs`.
 */
export async function waitForLock(
  file: string,
  { clock, limitMs, onWait }: { clock: Clock; limitMs: number; onWait?: (owner: number | undefined) => void },
): Promise<FolderLock> {
  const deadlineMs = clock.monotonicMs() + limitMs;
  for (let waited = false; ; waited = true) {
    const lock = tryLock(file);
    if (lock) return lock;
    if (clock.monotonicMs() >= deadlineMs) throw lockedError(file);
    if (!waited) onWait?.(lockOwner(file));
    await sleep(clock, POLL_MS);
  }
}

/** E304, naming the process that has the lock. */
export function lockedError(file: string): PeristaError {
  const owner = lockOwner(file);
  const who = owner === undefined ? 'another Perista' : `another Perista (pid ${owner})`;
  return new PeristaError(
    'E304',
    `${file} is held by ${who}; stop it, or name another data folder with PERISTA_DATA_DIR`,
    { details: { file, pid: owner ?? null } },
  );
}
