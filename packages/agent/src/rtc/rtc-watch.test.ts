// Proves that the real-time clock is reported as it is now, set only by a machine that a time server keeps, and missed when
// it is gone (P20).
import { PeristaError, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { type Rtc, RtcWatch } from './rtc-watch.ts';

const NOW_MS = Date.UTC(2026, 5, 1, 12);

class FakeRtc implements Rtc {
  isGone = false;
  stopped = false;
  utcS: number | null = NOW_MS / 1000 - 3600;

  async read() {
    if (this.isGone) throw new PeristaError('E307', 'Device 0x68 does not answer');
    return { utcS: this.utcS, stopped: this.stopped };
  }

  async set(utcS: number) {
    this.utcS = utcS;
    this.stopped = false;
  }
}

async function watch(change: (rtc: FakeRtc) => void, isSynchronised: boolean) {
  const clock = new VirtualClock({ wallMs: NOW_MS });
  const rtc = new FakeRtc();
  change(rtc);
  const watch = new RtcWatch({ clock, log: silentLog }, { rtc, isSynchronised: () => isSynchronised });
  await clock.until(watch.start());
  return { clock, rtc, watch };
}

describe('the watch over the real-time clock', () => {
  it('tells what it says by now', async () => {
    const { clock, watch: one } = await watch(() => {}, false);
    await clock.advance(4_000);
    expect(one.state).toEqual({ present: true, osf: false, rtcUtcMs: NOW_MS - 3_600_000 + 4_000 });
  });

  it('tells that it lost its time, or holds none', async () => {
    expect((await watch((rtc) => (rtc.stopped = true), false)).watch.state).toMatchObject({ present: true, osf: true });
    expect((await watch((rtc) => (rtc.utcS = null), false)).watch.state).toMatchObject({ present: true, osf: true });
  });

  it('sets it from a clock that a time server keeps', async () => {
    const { rtc, watch: one } = await watch((rtc) => (rtc.stopped = true), true);
    expect(rtc.utcS).toBe(NOW_MS / 1000);
    expect(one.state).toEqual({ present: true, osf: false, rtcUtcMs: NOW_MS });
  });

  it('sets it to a time that somebody vouches for, and says so where there is none', async () => {
    const { rtc, watch: one } = await watch((rtc) => (rtc.stopped = true), false);
    await one.set(NOW_MS + 3_600_400);
    expect([rtc.utcS, rtc.stopped]).toEqual([NOW_MS / 1000 + 3_600, false]);
    expect(one.state).toEqual({ present: true, osf: false, rtcUtcMs: NOW_MS + 3_600_000 });
    const none = new RtcWatch({ clock: new VirtualClock(), log: silentLog }, undefined);
    await expect(none.set(NOW_MS)).rejects.toMatchObject({ code: 'E307' });
  });

  it('misses it while it is gone, and finds it again', async () => {
    const { clock, rtc, watch: one } = await watch(() => {}, false);
    rtc.isGone = true;
    await clock.advance(10_000);
    expect(one.state).toEqual({ present: false });
    rtc.isGone = false;
    await clock.advance(10_000);
    expect(one.state.present).toBe(true);
    one.stop();
  });
});
