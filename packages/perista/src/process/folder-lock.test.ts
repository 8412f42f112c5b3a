import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@perista/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockOwner, tryLock, waitForLock } from './folder-lock.ts';

describe('folder lock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perista-lock-'));
    file = join(folder, 'agent.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes to one holder at a time and names it', () => {
    const first = tryLock(file);
    expect(first).toBeDefined();
    expect(tryLock(file)).toBeUndefined();
    expect(lockOwner(file)).toBe(process.pid);
    first?.release();
    expect(tryLock(file)).toBeDefined();
  });

  it('is not held by a file that a dead process left behind', () => {
    writeFileSync(file, '1\n');
    expect(tryLock(file)).toBeDefined();
  });

  it('is handed over to whoever waits', async () => {
    const clock = new VirtualClock();
    const first = tryLock(file);
    const told: unknown[] = [];
    const second = waitForLock(file, { clock, limitMs: 10_000, onWait: (owner) => told.push(owner) });
    await clock.advance(5_000);
    first?.release();
    await clock.until(second);
    expect(told).toEqual([process.pid]);
    expect(tryLock(file)).toBeUndefined();
  });

  it('is refused with E304 and the pid when the wait was in vain', async () => {
    const clock = new VirtualClock();
    tryLock(file);
    const refused = expect(waitForLock(file, { clock, limitMs: 1_000 })).rejects.toMatchObject({
      code: 'E304',
      message: expect.stringContaining(`pid ${process.pid}`),
    });
    await clock.advance(2_000);
    await refused;
  });
});
