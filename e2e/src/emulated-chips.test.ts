// Proves with real processes what becomes of a unit whose clock was without battery (P20), and whose FRAM lost its supply in
// the middle of a record (P15): both say so, nothing is dosed by plan on a guess, and both come back.
import { beforeAll, expect, it } from 'vitest';
import { startUnit, type TestUnit, until } from './harness/index.ts';

/** The agent looks at its clock every ten seconds, the controller for as long before it tells. */
const CLOCK_LIMIT_MS = 30_000;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

const whyOff = async () => (await unit.api.dosingStatus()).disabled_by.map(({ code }) => code);
const hasEvent = async (kind: string) => (await unit.api.events(`?kind=${kind}`)).length > 0;
const nothingIsWrong = async () => (await whyOff()).length === 0;

it('does not dose by a clock whose battery was out, until a person vouches for it', async () => {
  await until(nothingIsWrong, CLOCK_LIMIT_MS, 'the clock is trusted');
  await unit.emulator.changeChips({ rtc: { stopped: true } });
  await until(async () => (await whyOff()).includes('E413'), CLOCK_LIMIT_MS, 'the clock is not trusted');
  await until(() => hasEvent('clock_untrusted'), CLOCK_LIMIT_MS, 'an alarm says so');
  expect((await unit.api.dosingStatus()).system_enabled).toBe(false);
  expect((await unit.api.request('POST', '/api/time/accept')).status).toBe(200);
  expect(await whyOff()).toEqual([]);
  const isSet = async () => {
    const { rtc } = await unit.emulator.chips();
    return !rtc.stopped && Math.abs(rtc.offset_s) <= 2;
  };
  await until(isSet, CLOCK_LIMIT_MS, 'the clock is set to the time that a person vouches for');
  await until(() => hasEvent('clock_trusted'), CLOCK_LIMIT_MS, 'it says that it is trusted again');
});

it('goes on with its plans while the FRAM is without supply, and brings the image up to date when it is back', async () => {
  await unit.emulator.changeChips({ fram: { supply_bytes: 20 } });
  await unit.api.configureDosing({
    id: 1,
    weekly_dosing_value: 7,
    weekly_schedule: 1 << ((new Date().getUTCDay() + 2) % 7),
  });
  await until(() => hasEvent('unit_image_failed'), 10_000, 'the failure is told');
  await unit.emulator.changeChips({ fram: { supply_bytes: null } });
  await unit.api.configureDosing({ id: 1, weekly_dosing_value: 8 });
  await until(() => hasEvent('unit_image_recovered'), 70_000, 'the image is written again');
  expect(await hasEvent('unit_image_damaged')).toBe(false);
});
