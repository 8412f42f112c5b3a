// Proves that a unit whose machine has lost the time lives by its real-time clock, that clocks are not set while a dose is
// open, and that a clock which stopped vouches for nothing (P19, P20).
import { describe, expect, it } from 'vitest';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';

const HOUR_MS = 3_600_000;

/** A unit whose machine shows a time that is three hours behind, and that no time server keeps. */
async function boot(change: { osf?: boolean } = {}) {
  const unit = new UnitFixture();
  const aheadMs = 3 * HOUR_MS;
  unit.isSynchronised = false;
  unit.agent.readRtc = () => ({ present: true, osf: false, rtcUtcMs: unit.clock.wallMs() + aheadMs, ...change });
  await unit.boot();
  await unit.clock.advance(2_000);
  const shownMs = () => Date.parse(unit.services.dosingUnit.status().utc_time);
  return { unit, behindMin: () => Math.round((unit.clock.wallMs() + aheadMs - shownMs()) / 60_000) + 0 };
}

const disabledBy = (unit: UnitFixture) => unit.services.dosingUnit.status().disabled_by;

describe('the time of a unit', () => {
  it('is that of its real-time clock where no time server keeps the machine', async () => {
    const { unit, behindMin } = await boot();
    expect(behindMin()).toBe(0);
    expect(disabledBy(unit)).toEqual([]);
    unit.isSynchronised = true;
    await unit.clock.advance(2_000);
    expect(behindMin()).toBe(180);
  });

  it('is not that of a real-time clock which stopped', async () => {
    const { unit, behindMin } = await boot({ osf: true });
    expect(behindMin()).toBe(180);
    expect(disabledBy(unit)).toMatchObject([{ code: 'E413' }]);
  });

  it('is handed on to a real-time clock which stopped, once a person vouches for it', async () => {
    const { unit } = await boot({ osf: true });
    unit.services.time.accept(OPERATOR);
    unit.services.time.accept(OPERATOR);
    await unit.clock.advance(10);
    expect(unit.agent.rtcSetTo).toEqual([expect.closeTo(unit.clock.wallMs(), -2)]);
    const without = new UnitFixture();
    without.isSynchronised = false;
    await without.boot();
    await without.clock.advance(2_000);
    without.services.time.accept(OPERATOR);
    await without.clock.advance(10);
    expect(without.agent.rtcSetTo).toEqual([]);
  });

  it('is not put right while a dose is open', async () => {
    const { unit, behindMin } = await boot();
    unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(1_000);
    unit.clock.stepWall(-HOUR_MS);
    unit.agent.readRtc = () => ({ present: true, osf: false, rtcUtcMs: unit.clock.wallMs() + 4 * HOUR_MS });
    await unit.clock.advance(2_000);
    expect(behindMin()).toBe(0);
    expect(disabledBy(unit)).toMatchObject([{ code: 'E413' }]);
    await unit.clock.advance(60_000);
    expect(behindMin()).toBe(-60);
    expect(disabledBy(unit)).toEqual([]);
  });

  it('is lost with its real-time clock, until a person accepts it', async () => {
    const { unit } = await boot();
    unit.agent.readRtc = () => ({ present: false });
    await unit.clock.advance(2_000);
    expect(disabledBy(unit)).toMatchObject([{ code: 'E413' }]);
    unit.services.time.accept(OPERATOR);
    expect(disabledBy(unit)).toEqual([]);
  });
});
