// Proves that guessing is slowed down, whatever the clock on the wall does, in bounded memory.
import { VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { AttemptLimiter } from './attempt-limiter.ts';

const RULE = { attempts: 5, windowMs: 60_000, longestShutMs: 240_000 };

function setUp() {
  const clock = new VirtualClock();
  const limiter = new AttemptLimiter(clock, RULE);
  const burst = (count: number, key = 'k') => Array.from({ length: count }, () => limiter.attempt(key));
  return { clock, limiter, burst };
}

describe('the attempt limiter', () => {
  it('lets five attempts a minute through and shuts the sixth out for a minute', async () => {
    const { clock, limiter, burst } = setUp();
    expect(burst(6)).toEqual([0, 0, 0, 0, 0, 60_000]);
    await clock.advance(59_999);
    expect(limiter.attempt('k')).toBe(1);
    await clock.advance(1);
    expect(limiter.attempt('k')).toBe(0);
  });

  it('never lets more than five through in any minute', async () => {
    const { clock, limiter } = setUp();
    const passedAtMs: number[] = [];
    for (let step = 0; step < 600; step++) {
      if (limiter.attempt('k') === 0) passedAtMs.push(clock.monotonicMs());
      await clock.advance(1_700);
    }
    for (const atMs of passedAtMs) {
      const inWindow = passedAtMs.filter((other) => other >= atMs && other < atMs + 60_000);
      expect(inWindow.length).toBeLessThanOrEqual(5);
    }
  });

  it('doubles the wait for who goes on, up to the longest, and starts afresh after a long rest', async () => {
    const { clock, burst } = setUp();
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 4; round++) {
      const wait = burst(6).at(-1);
      waits.push(wait);
      await clock.advance(wait ?? 0);
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 240_000]);
    await clock.advance(RULE.longestShutMs * 2 + 1);
    expect(burst(6).at(-1)).toBe(60_000);
  });

  it('keeps keys apart, forgives one, and takes back one attempt of a shared one', () => {
    const { limiter, burst } = setUp();
    burst(6, 'a');
    expect(limiter.attempt('b')).toBe(0);
    limiter.forgive('a');
    expect(burst(5, 'a').every((wait) => wait === 0)).toBe(true);
    burst(4, 'b');
    limiter.refund('b');
    expect(burst(2, 'b')).toEqual([0, 60_000]);
  });

  it('is not opened by a step of the wall clock', () => {
    const { clock, limiter, burst } = setUp();
    burst(6);
    clock.stepWall(86_400_000);
    expect(limiter.attempt('k')).toBe(60_000);
  });

  it('remembers a bounded number of keys, the busiest among them', () => {
    const { limiter, burst } = setUp();
    burst(6, 'busy');
    for (let key = 0; key < 4_999; key++) limiter.attempt(`quiet ${key}`);
    expect(limiter.attempt('busy')).toBeGreaterThan(0);
    for (let key = 0; key < 5_000; key++) limiter.attempt(`flood ${key}`);
    expect(limiter.attempt('busy')).toBe(0);
  });
});
