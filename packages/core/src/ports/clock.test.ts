// Proves that the host's clock asks the host for everything, and that a cancelled timer is cleared there.
import { describe, expect, it } from 'vitest';
import { hostClock } from './clock.ts';

function fakeHost() {
  const timers = new Map<number, { fn: () => void; delayMs: number }>();
  return {
    timers,
    performance: { now: () => 12.5 },
    Date: { now: () => 1_700_000_000_000 },
    setTimeout(fn: () => void, delayMs: number) {
      timers.set(timers.size, { fn, delayMs });
      return timers.size - 1;
    },
    clearTimeout(timer: number) {
      timers.delete(timer);
    },
  };
}

describe('hostClock', () => {
  it('reads both clocks of the host', () => {
    const clock = hostClock(fakeHost());
    expect([clock.monotonicMs(), clock.wallMs()]).toEqual([12.5, 1_700_000_000_000]);
  });

  it('sets and clears timers of the host', () => {
    const host = fakeHost();
    const clock = hostClock(host);
    const cancel = clock.after(250, () => {});
    expect([...host.timers.values()].map(({ delayMs }) => delayMs)).toEqual([250]);
    cancel();
    cancel();
    expect(host.timers.size).toBe(0);
  });
});
