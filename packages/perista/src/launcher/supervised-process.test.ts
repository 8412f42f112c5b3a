// A supervised process lives again after each end, soon at first, and dies for good only when told to.
import { silentLog, VirtualClock } from '@perista/core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChildCommand } from './child-process.ts';
import { FakeChild } from './fake-child-process.ts';
import { SupervisedProcess } from './supervised-process.ts';

describe('SupervisedProcess', () => {
  let clock: VirtualClock;
  let lives: FakeChild[];
  let supervised: SupervisedProcess;
  const newest = () => lives.at(-1) as FakeChild;

  beforeEach(() => {
    clock = new VirtualClock();
    lives = [];
    const startChild = (command: ChildCommand) => {
      lives.push(new FakeChild(lives.length + 1, command));
      return newest();
    };
    const command = (last: string | undefined) => ({ args: ['agent', last ?? 'first'], env: {} });
    supervised = new SupervisedProcess('agent', command, { startChild, clock, log: silentLog });
  });

  async function startReady(address?: string) {
    const started = supervised.start();
    newest().say({ kind: 'ready', ...(address === undefined ? {} : { address }) });
    return started;
  }

  it('is back 100 ms after it died, so that a running dose can be adopted', async () => {
    await startReady();
    newest().end();
    await clock.advance(99);
    expect(lives).toHaveLength(1);
    await clock.advance(1);
    expect(lives).toHaveLength(2);
  });

  it('waits twice as long after each quick death, 10 s at most, and begins anew once it lives for 3 s', async () => {
    await startReady();
    const waits: number[] = [];
    for (let death = 0; death < 9; death++) {
      const before = clock.monotonicMs();
      const alive = lives.length;
      newest().end();
      while (lives.length === alive) await clock.advance(50);
      waits.push(clock.monotonicMs() - before);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    await clock.advance(60_000);
    newest().end();
    await clock.advance(100);
    expect(lives).toHaveLength(11);
  });

  it('hands the address of the life before to the next', async () => {
    await startReady('http://127.0.0.1:4711');
    newest().end();
    await clock.advance(100);
    expect(newest().command.args).toEqual(['agent', 'http://127.0.0.1:4711']);
  });

  it('is not started again after it said that it cannot start', async () => {
    const started = supervised.start();
    newest().say({ kind: 'failed', code: 'E305', message: 'port in use' });
    newest().end();
    await clock.advance(60_000);
    expect(await started).toMatchObject({ kind: 'failed', code: 'E305' });
    expect(lives).toHaveLength(1);
  });

  it('tries on when it once ran and cannot start now: a port may be free again soon', async () => {
    await startReady();
    newest().end();
    await clock.advance(100);
    newest().say({ kind: 'failed', code: 'E305', message: 'port in use' });
    newest().end();
    await clock.advance(200);
    expect(lives).toHaveLength(3);
  });

  it('ends for good on stop, which may be asked for several times', async () => {
    await startReady();
    await Promise.all([supervised.stop(1_000), supervised.stop(1_000)]);
    await clock.advance(60_000);
    expect(lives).toHaveLength(1);
    expect(newest().signals[0]).toBe('SIGTERM');
  });

  it('is killed when it does not stop in time', async () => {
    await startReady();
    newest().isStubborn = true;
    const stopped = supervised.stop(1_000);
    await clock.advance(999);
    expect(newest().signals).toEqual(['SIGTERM']);
    await clock.until(stopped);
    expect(newest().signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('stays down when it is stopped between two lives', async () => {
    await startReady();
    newest().end();
    await supervised.stop(1_000);
    await clock.advance(60_000);
    expect(lives).toHaveLength(1);
  });
});
