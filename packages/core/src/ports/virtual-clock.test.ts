// Proves that virtual time fires timers in order, exactly once, at their instant, and lets woken code run in between.
import { describe, expect, it } from 'vitest';
import { sleep, withDeadline } from './clock.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('fires in order of due time, then of creation', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push('late'));
    clock.after(10, () => fired.push('first'));
    clock.after(10, () => fired.push('second'));
    clock.after(-5, () => fired.push('overdue'));
    await clock.advance(15);
    expect(fired).toEqual(['overdue', 'first', 'second']);
    await clock.advance(5);
    expect(fired).toEqual(['overdue', 'first', 'second', 'late']);
  });

  it('goes on through a wait too short for the digits of an instant', async () => {
    const clock = new VirtualClock();
    await clock.advance(400_000_000);
    let firedMs = 0;
    clock.after(1e-10, () => {
      firedMs = clock.monotonicMs();
    });
    await clock.advance(1);
    expect(firedMs).toBeGreaterThan(400_000_000);
  });

  it('shows each timer its own instant', async () => {
    const clock = new VirtualClock({ wallMs: 1_000_000 });
    const seen: number[] = [];
    for (const delay of [30, 10]) clock.after(delay, () => seen.push(clock.monotonicMs(), clock.wallMs()));
    await clock.advance(100);
    expect(seen).toEqual([10, 1_000_010, 30, 1_000_030]);
    expect(clock.monotonicMs()).toBe(100);
  });

  it('never fires what was cancelled, also by a timer of the same instant', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const cancelEarly = clock.after(10, () => fired.push('cancelled'));
    cancelEarly();
    cancelEarly();
    clock.after(10, () => cancelLate());
    const cancelLate = clock.after(10, () => fired.push('cancelled in flight'));
    await clock.advance(20);
    expect(fired).toEqual([]);
  });

  it('fires timers that timers start, within the same advance', async () => {
    const clock = new VirtualClock();
    const beats: number[] = [];
    const beat = () => {
      beats.push(clock.monotonicMs());
      clock.after(10, beat);
    };
    clock.after(10, beat);
    await clock.advance(35);
    expect(beats).toEqual([10, 20, 30]);
  });

  it('lets promises run before time moves on', async () => {
    const clock = new VirtualClock();
    const naps: number[] = [];
    const work = (async () => {
      for (let nap = 0; nap < 3; nap++) {
        await sleep(clock, 10);
        naps.push(clock.monotonicMs());
      }
    })();
    await clock.advance(100);
    await work;
    expect(naps).toEqual([10, 20, 30]);
  });

  it('steps the wall clock alone', () => {
    const clock = new VirtualClock({ wallMs: 5_000 });
    clock.stepWall(-2_000);
    expect([clock.monotonicMs(), clock.wallMs()]).toEqual([0, 3_000]);
  });
});

describe('until', () => {
  it('lives exactly until the promise settles', async () => {
    const clock = new VirtualClock();
    clock.after(1_000, () => {
      throw new Error('lived on after the promise settled');
    });
    expect(await clock.until(sleep(clock, 250).then(() => 'rested'))).toBe('rested');
    expect(clock.monotonicMs()).toBe(250);
  });

  it('rejects as the promise does', async () => {
    const clock = new VirtualClock();
    const failing = sleep(clock, 5).then(() => Promise.reject(new Error('stalled')));
    await expect(clock.until(failing)).rejects.toThrow('stalled');
  });

  it('says so when nothing is due any more or the limit is reached', async () => {
    const clock = new VirtualClock();
    const never = new Promise(() => {});
    await expect(clock.until(never)).rejects.toThrow('no timer is due');
    clock.after(2_000, () => {});
    await expect(clock.until(never, 1_000)).rejects.toThrow('still pending after 1000 ms');
  });
});

describe('withDeadline', () => {
  it('hands the result through and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    const work = withDeadline(
      clock,
      100,
      sleep(clock, 40).then(() => 7),
      () => new Error('too late'),
    );
    expect(await clock.until(work)).toBe(7);
    await expect(clock.until(new Promise(() => {}))).rejects.toThrow('no timer is due');
  });

  it('rejects with the given error when work takes longer', async () => {
    const clock = new VirtualClock();
    const work = withDeadline(clock, 100, sleep(clock, 400), () => new Error('too late'));
    await expect(clock.until(work)).rejects.toThrow('too late');
    expect(clock.monotonicMs()).toBe(100);
  });
});
