// Proves with the real agent and the real controller that the chip of a dosing unit follows what was dosed, and that a unit whose
// database was deleted has its plans back from there, off until a person confirms them (I21, P22).
import { describe, expect, it } from 'vitest';
import { DosingUnitFixture, OPERATOR } from './dosing-unit-fixture.ts';

const HOUR_MS = 3_600_000;
const EVE = Date.UTC(2026, 10, 25, 23, 58);
const MIDNIGHT_S = Date.UTC(2026, 10, 26) / 1000;
const TODAY = MIDNIGHT_S / 86_400;

/** Two channels are planned: 15.5 ml at 00:00 and 12:00, 10 ml at 02:00 UTC. */
async function live(): Promise<DosingUnitFixture> {
  const unit = new DosingUnitFixture(EVE);
  await unit.startAgent();
  await unit.startController();
  const plan = { enabled: true, weekly_schedule: 127 };
  unit.services.dosingUnit.configure(
    [
      { ...plan, id: 1, daily_schedule: 2, weekly_dosing_value: 217, dosing_rate: 0.33 },
      { ...plan, id: 2, daily_schedule: 1, weekly_dosing_value: 70 },
    ],
    OPERATOR,
  );
  await unit.clock.advance(3_000);
  return unit;
}

const imageEvents = (unit: DosingUnitFixture) =>
  unit.services.events
    .list({ limit: 200 })
    .items.map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('unit_image'));

describe('the chip of a dosing unit', () => {
  it('follows each slot: when it began, that it was given, and the volume of the day', async () => {
    const unit = await live();
    expect(await unit.readImage(1)).toEqual({
      system: { channelCount: 6, systemEnabled: true, version: 1 },
      config: {
        enabled: true,
        weeklySchedule: 127,
        dailySchedule: 2,
        weeklyDosingValueMl: 217,
        dosingRateMlPerS: 0.33,
        lastDoseTimestamps: [0, 0],
        dosesCompletedToday: 0,
        currentUtcDay: TODAY - 1,
      },
      volume: { volumeMl: 0, lastResetUtcDay: TODAY - 1 },
    });
    await unit.clock.advance(120_000 + 20_000);
    const during = await unit.readImage(1);
    expect(during.config).toMatchObject({ dosesCompletedToday: 0, currentUtcDay: TODAY });
    expect(during.config.lastDoseTimestamps[0]).toBeGreaterThanOrEqual(MIDNIGHT_S);
    expect(during.config.lastDoseTimestamps[0]).toBeLessThan(MIDNIGHT_S + 3);

    await unit.clock.advance(60_000);
    const dose = unit.services.doses.get(`relay-1.${TODAY}.morning`);
    expect([dose.state, unit.relays.onMs(1)]).toEqual(['done', 46_970]);
    const after = await unit.readImage(1);
    expect(after.config).toMatchObject({
      dosesCompletedToday: 1,
      lastDoseTimestamps: during.config.lastDoseTimestamps,
    });
    expect(Date.parse(dose.started_at ?? '') / 1000 - (after.config.lastDoseTimestamps[0] ?? 0)).toBeLessThan(1);
    expect(after.volume.lastResetUtcDay).toBe(TODAY);
    expect(after.volume.volumeMl).toBeCloseTo(dose.delivered_ml ?? 0, 4);

    unit.services.dosingUnit.manualDose({ channel_id: 1, volume_ml: 3 }, OPERATOR);
    await unit.clock.advance(30_000);
    const doses = unit.services.doses.list({ limit: 9 }).items;
    expect(doses).toHaveLength(2);
    const given = doses.reduce((sum, { delivered_ml }) => sum + (delivered_ml ?? 0), 0);
    expect((await unit.readImage(1)).volume.volumeMl).toBeCloseTo(given, 4);
    expect((await unit.readImage(1)).config.dosesCompletedToday).toBe(1);
    expect((await unit.readImage(2)).volume.volumeMl).toBe(0);
    expect([imageEvents(unit), unit.bugs]).toEqual([[], []]);
  });

  it('gives the plans back to a new database, off until somebody confirms them', async () => {
    const unit = await live();
    await unit.clock.advance(200_000);
    const config = unit.services.dosingUnit.config();
    const before = await unit.readImage(1);
    unit.killController();
    unit.deleteDatabase();
    await unit.startController();
    const planOf = ({ channels }: typeof config) =>
      channels.map(({ status_morning: _, status_evening: __, ...plan }) => plan);
    expect(planOf(unit.services.dosingUnit.config())).toEqual(planOf(config));
    expect(unit.services.dosingUnit.status()).toMatchObject({
      system_enabled: false,
      disabled_by: [{ code: 'E439' }],
    });
    expect(imageEvents(unit)).toEqual(['unit_image_taken_over']);
    expect(await unit.readImage(1)).toEqual(before);

    unit.clock.sleepThrough(2 * HOUR_MS);
    await unit.clock.advance(90_000);
    unit.clock.sleepThrough(HOUR_MS / 2);
    await unit.clock.advance(20_000);
    expect([unit.relays.onMs(2), unit.services.doses.get(`relay-2.${TODAY}.morning`)]).toMatchObject([
      0,
      { state: 'missed', code: 'E439' },
    ]);

    expect(unit.services.dosingUnit.confirm(OPERATOR)).toMatchObject({ system_enabled: true, disabled_by: [] });
    await unit.clock.advance(60_000);
    expect(unit.relays.onMs(2)).toBe(0);
    unit.clock.sleepThrough(9.5 * HOUR_MS - 300_000);
    await unit.clock.advance(300_000);
    expect(unit.services.doses.get(`relay-1.${TODAY}.evening`).state).toBe('done');
    const after = await unit.readImage(1);
    expect(after.config.lastDoseTimestamps[0]).toBe(before.config.lastDoseTimestamps[0]);
    expect(after.config.lastDoseTimestamps[1]).toBeGreaterThanOrEqual(MIDNIGHT_S + 43_200);
    expect([after.config.dosesCompletedToday, unit.bugs]).toEqual([2, []]);
  });

  it('is brought up to date when its agent comes back, and knows a new unit from one that lost its database', async () => {
    const unit = await live();
    unit.killAgent();
    await unit.clock.advance(5_000);
    unit.services.dosingUnit.configure([{ id: 2, weekly_dosing_value: 35 }], OPERATOR);
    await unit.clock.advance(5_000);
    expect((await unit.readImage(2)).config.weeklyDosingValueMl).toBe(70);
    await unit.startAgent();
    await unit.clock.advance(5_000);
    expect((await unit.readImage(2)).config.weeklyDosingValueMl).toBe(35);

    const fresh = new DosingUnitFixture(EVE);
    await fresh.startAgent();
    await fresh.startController();
    fresh.killController();
    fresh.deleteDatabase();
    await fresh.startController();
    expect(fresh.services.dosingUnit.status()).toMatchObject({ system_enabled: true, disabled_by: [] });
    expect(imageEvents(fresh)).toEqual([]);
  });
});
