// Proves that the image of a dosing unit follows the ledger: plans, rates and what was dosed today, through midnight, agents
// that are away and images that cannot be used; and that no dose waits for it (I21).
import { describe, expect, it } from 'vitest';
import { OPERATOR, type UnitFixture } from '../unit-fixture.ts';
import { bootWithImage, bootWithPlan, HOUR_MS, PLAN } from './image-fixture.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const MIDNIGHT_S = (NOON + 12 * HOUR_MS) / 1000;

/** Sleeps until shortly before the slot at midnight, and lives through it. */
async function liveThroughSlot(unit: UnitFixture): Promise<void> {
  unit.clock.sleepThrough(12 * HOUR_MS - 10_000);
  await unit.clock.advance(80_000);
}

describe('the image of a dosing unit', () => {
  it('has the plans and rates of all channels from the first session on', async () => {
    const { image } = await bootWithImage();
    expect(image.config?.system).toMatchObject({ channelCount: 6, systemEnabled: true, version: 1 });
    expect(image.config?.channels).toHaveLength(6);
    expect(image.config?.channels[5]).toMatchObject({
      enabled: false,
      weeklySchedule: 127,
      dailySchedule: 1,
      weeklyDosingValueMl: 0,
      dosingRateMlPerS: 0.323333,
    });
    expect(image.views[0]).toMatchObject({ dosesCompletedToday: 0, currentUtcDay: 20_513, lastDoseTimestamp: [0, 0] });
  });

  it('follows a changed plan, and is left alone while nothing changes', async () => {
    const { unit, image } = await bootWithPlan();
    expect(image.config?.channels[0]).toMatchObject({
      enabled: true,
      weeklySchedule: 127,
      dailySchedule: 2,
      weeklyDosingValueMl: 217,
      dosingRateMlPerS: 0.33,
    });
    const { puts } = image;
    unit.services.dosingUnit.configure([PLAN], OPERATOR);
    await unit.clock.advance(300_000);
    expect(image.puts).toBe(puts);
  });

  it('remembers the latest time and the session, an hour behind at most', async () => {
    const { unit, image } = await bootWithImage();
    const { puts } = image;
    await unit.clock.advance(HOUR_MS / 2);
    expect(image.puts).toBe(puts);
    await unit.clock.advance(HOUR_MS);
    const nowS = unit.clock.wallMs() / 1000;
    expect(image.puts).toBe(puts + 1);
    expect(nowS - (image.mark?.highWaterMarkS ?? 0)).toBeLessThan(3_600);
    const { epoch } = image.mark ?? { epoch: 0 };
    unit.crash();
    await unit.boot();
    await unit.clock.advance(1_000);
    expect(image.mark?.epoch).toBe(epoch + 1);
  });

  it('tells when a slot began to move, and counts it when it is over', async () => {
    const { unit, image } = await bootWithPlan();
    unit.clock.sleepThrough(12 * HOUR_MS - 10_000);
    await unit.clock.advance(20_000);
    expect(image.views[0]).toMatchObject({ dosesCompletedToday: 0, lastDoseTimestamp: [MIDNIGHT_S, 0], volumeMl: 0 });
    await unit.clock.advance(60_000);
    expect(image.views[0]).toMatchObject({
      dosesCompletedToday: 1,
      currentUtcDay: 20_514,
      volumeMl: unit.services.doses.get('relay-1.20514.morning').delivered_ml,
      lastResetUtcDay: 20_514,
    });
    unit.services.dosingUnit.manualDose({ channel_id: 1, volume_ml: 5 }, OPERATOR);
    await unit.clock.advance(60_000);
    const given = unit.services.doses.list({ limit: 9 }).items.map(({ delivered_ml }) => delivered_ml ?? 0);
    expect(given).toHaveLength(2);
    expect(image.views[0]).toMatchObject({ dosesCompletedToday: 1, volumeMl: given.reduce((sum, ml) => sum + ml) });
  });

  it('begins a new day at midnight UTC, and no dose is forgotten', async () => {
    const { unit, image } = await bootWithPlan();
    await liveThroughSlot(unit);
    unit.services.dosingUnit.configure([{ id: 1, enabled: false }], OPERATOR);
    const doses = unit.services.doses.list({ limit: 9 }).items;
    unit.clock.sleepThrough(24 * HOUR_MS - 140_000);
    expect(image.views[0]?.currentUtcDay).toBe(20_514);
    await unit.clock.advance(68_950);
    expect(image.views[0]).toMatchObject({
      dosesCompletedToday: 0,
      currentUtcDay: 20_515,
      lastDoseTimestamp: [MIDNIGHT_S, 0],
      volumeMl: 0,
      lastResetUtcDay: 20_515,
    });
    expect(unit.services.doses.list({ limit: 9 }).items).toEqual(doses);
  });

  it('has the newest content when an agent comes back, and nothing of it is an event', async () => {
    const { unit, image } = await bootWithPlan();
    unit.agent.kill();
    await unit.clock.advance(10_000);
    for (const weekly_dosing_value of [70, 140]) {
      unit.services.dosingUnit.configure([{ id: 1, weekly_dosing_value }], OPERATOR);
    }
    await unit.clock.advance(200_000);
    expect(image.config?.channels[0]?.weeklyDosingValueMl).toBe(217);
    unit.agent.restart();
    await unit.clock.advance(2_000);
    expect(image.config?.channels[0]?.weeklyDosingValueMl).toBe(140);
    expect(unit.kinds().filter((kind) => kind.startsWith('unit_image'))).toEqual([]);
  });

  it('that cannot be used is told once, is written when it can be, and keeps no slot from its dose', async () => {
    const { unit, image } = await bootWithPlan();
    image.failure = { code: 'E307', message: 'Device 0x50 on /dev/i2c-1: no such device' };
    await liveThroughSlot(unit);
    expect(unit.services.doses.get('relay-1.20514.morning').state).toBe('done');
    await unit.clock.advance(300_000);
    const told = () => unit.events().filter(({ kind }) => kind.startsWith('unit_image'));
    expect(told()).toMatchObject([
      { kind: 'unit_image_failed', severity: 'warning', data: { code: 'E307', reason: image.failure.message } },
    ]);
    image.failure = null;
    await unit.clock.advance(61_000);
    expect(image.views[0]).toMatchObject({ dosesCompletedToday: 1, lastDoseTimestamp: [MIDNIGHT_S, 0] });
    expect(told().map(({ kind }) => kind)).toEqual(['unit_image_failed', 'unit_image_recovered']);
  });

  it('with a damaged record raises an alarm that names it, and then has what the ledger has', async () => {
    const { unit, image } = await bootWithPlan();
    image.damaged = [{ name: 'ChannelConfig[0]', channel: 1, reason: 'CRC is 0x1' }];
    unit.agent.restart();
    await unit.clock.advance(5_000);
    expect(unit.events().filter(({ kind }) => kind.startsWith('unit_image'))).toMatchObject([
      {
        kind: 'unit_image_damaged',
        severity: 'alarm',
        data: { records: [{ name: 'ChannelConfig[0]', channel_id: 1, reason: 'CRC is 0x1' }] },
      },
    ]);
    expect([image.damaged, image.config?.channels[0]?.weeklyDosingValueMl]).toEqual([[], 217]);
  });

  it('is nothing to an agent that has none', async () => {
    const { unit } = await bootWithPlan();
    unit.agent.image = null;
    unit.agent.restart();
    await liveThroughSlot(unit);
    expect(unit.services.doses.get('relay-1.20514.morning').state).toBe('done');
    expect(unit.kinds().filter((kind) => kind.startsWith('unit_image'))).toEqual([]);
  });
});
