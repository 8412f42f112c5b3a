import { seededRandom, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { COUNTS_PER_REV } from './motor.ts';
import { type HeadSettings, PumpHead } from './pump-head.ts';
import { PumpMeter } from './pump-meter.ts';

const WALL_MS = Date.UTC(2026, 2, 1);
const exact = { toleranceSd: 0, rippleSd: 0, repeatabilitySd: 0, runInShare: 0, wearPer100H: 0 };

function meterOf(head: Partial<HeadSettings>): PumpMeter {
  return new PumpMeter(new PumpHead(1, head), new VirtualClock({ wallMs: WALL_MS }), seededRandom(2));
}

describe('pump meter', () => {
  it('joins turns with pauses under 1 s into one motion and starts another after that', () => {
    const meter = meterOf(exact);
    meter.turn(0, COUNTS_PER_REV, 0, 1000);
    meter.turn(COUNTS_PER_REV, 2 * COUNTS_PER_REV, 1999, 2999);
    meter.turn(2 * COUNTS_PER_REV, COUNTS_PER_REV, 3999, 4999);
    expect(meter.state.motions.map(({ trueMl, ...rest }) => ({ ...rest, trueMl: Number(trueMl.toFixed(9)) }))).toEqual([
      { startedAtMs: WALL_MS, endedAtMs: WALL_MS + 2999, revolutions: 2, trueMl: 0.36 },
      { startedAtMs: WALL_MS + 3999, endedAtMs: WALL_MS + 4999, revolutions: -1, trueMl: -0.18 },
    ]);
    expect(meter.state.turnedMs).toBe(3000);
    expect(meter.state.trueMl).toBeCloseTo(0.18, 9);
  });

  it('repeats a dose within half a percent (standard deviation), the same through the whole motion', () => {
    const meter = meterOf({ ...exact, repeatabilitySd: 0.005 });
    for (let dose = 0; dose < 400; dose++) {
      for (let chunk = 0; chunk < 2; chunk++)
        meter.turn(0, COUNTS_PER_REV, dose * 10_000 + chunk * 1000, dose * 10_000 + chunk * 1000 + 900);
    }
    const relative = meter.state.motions.map(({ trueMl }) => trueMl / 0.36 - 1);
    const sd = Math.sqrt(relative.reduce((sum, value) => sum + value * value, 0) / relative.length);
    expect(relative).toHaveLength(400);
    expect(sd).toBeGreaterThan(0.004);
    expect(sd).toBeLessThan(0.006);
  });

  it('leaves nothing hanging on a submerged outlet, and at most a drop in air', () => {
    const given = (outlet: HeadSettings['outlet']) => {
      const meter = meterOf({ ...exact, outlet });
      for (let dose = 0; dose < 100; dose++) meter.turn(0, COUNTS_PER_REV / 3, dose * 10_000, dose * 10_000 + 1000);
      return meter.state;
    };
    for (const { trueMl } of given('submerged').motions) expect(trueMl).toBeCloseTo(0.06, 9);
    const inAir = given('in-air');
    for (const { trueMl } of inAir.motions) expect(Math.abs(trueMl - 0.06)).toBeLessThanOrEqual(0.05);
    expect(new Set(inAir.motions.map(({ trueMl }) => trueMl.toFixed(6))).size).toBeGreaterThan(90);
    expect(Math.abs(inAir.trueMl - 6)).toBeLessThanOrEqual(0.05);
  });

  it('forgets old motions, never the totals', () => {
    const meter = meterOf(exact);
    for (let dose = 0; dose < 2500; dose++) meter.turn(0, COUNTS_PER_REV, dose * 10_000, dose * 10_000 + 1000);
    expect(meter.state.motions).toHaveLength(2000);
    expect(meter.state.trueMl).toBeCloseTo(2500 * 0.18, 6);
  });
});
