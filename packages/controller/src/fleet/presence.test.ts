// Proves how far a device is believed: silence counts by its own pace, and not while the broker is away.
import { describe, expect, it } from 'vitest';
import { PeriodMeter } from './period-meter.ts';
import { judgePresence, type Signs } from './presence.ts';

const HEARD: Signs = { heardMs: 0, isOfflineTold: false, periodMs: 1_000, lineUpMs: 0 };
const at = (nowMs: number, change: Partial<Signs> = {}) => judgePresence({ ...HEARD, ...change }, nowMs).presence;

describe('presence', () => {
  it('is stale after three periods and offline after five, ten seconds at least', () => {
    expect([at(0), at(2_999), at(3_000), at(9_999), at(10_000)]).toEqual([
      'online',
      'online',
      'stale',
      'stale',
      'offline',
    ]);
    expect([at(49_999, { periodMs: 10_000 }), at(50_000, { periodMs: 10_000 })]).toEqual(['stale', 'offline']);
  });

  it('is known by a good-bye at once, and unknown until something is heard', () => {
    expect([at(0, { isOfflineTold: true }), at(0, { heardMs: null })]).toEqual(['offline', 'unknown']);
  });

  it('blames no device for a broker that is away, and gives it its time when that is back', () => {
    expect([
      at(60_000, { lineUpMs: null }),
      at(60_000, { lineUpMs: 55_000 }),
      at(65_000, { lineUpMs: 55_000 }),
    ]).toEqual(['stale', 'stale', 'offline']);
    expect(judgePresence({ ...HEARD, lineUpMs: null }, 60_000).reason).toContain('broker');
  });
});

describe('the period of a device', () => {
  const heard = (...instants: number[]) => {
    const meter = new PeriodMeter();
    for (const instant of instants) meter.hear(instant);
    return meter;
  };

  it('is the median of the last intervals, and no single packet that is late changes it', () => {
    expect(heard(0, 1_000, 2_000).periodMs).toBeNull();
    expect(heard(0, 1_000, 2_000, 3_000).periodMs).toBe(1_000);
    expect(heard(0, 1_000, 1_010, 2_000, 9_000, 10_000, 11_000).periodMs).toBe(1_000);
  });

  it('is measured anew in another state, and what the device says of it counts more', () => {
    const meter = heard(0, 1_000, 2_000, 3_000);
    meter.enter('idle');
    expect(meter.periodMs).toBeNull();
    meter.tell(5);
    expect(meter.periodMs).toBe(5_000);
  });
});
