// Proves with real processes that an input that trips in the middle of a dose stops its pump at once, that the ledger has what was
// given, and that the pump says why and does not dose until the input is well again (P7, P12).
import { beforeAll, expect, it } from 'vitest';
import { startUnit, type TestUnit, until } from './harness/index.ts';

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

const isBlocked = (pumpId: string, code: string) =>
  until(
    async () => (await unit.api.pump(pumpId)).blocked_by.find((why) => why.code === code),
    10_000,
    `${pumpId} is blocked by ${code}`,
  );
const isFree = (pumpId: string) =>
  until(async () => (await unit.api.pump(pumpId)).blocked_by.length === 0, 10_000, `${pumpId} could dose`);

it.each([
  ['ph-down', 'leak', 'E111', 'leak sensor'],
  ['nutrient-a', 'interlock_open', 'E112', 'interlock'],
] as const)('%s: %s', async (pumpId, fault, code, words) => {
  await isFree(pumpId);
  const { dose_id } = await unit.api.dose(pumpId, { volume_ml: 10, duration_s: 60 });
  const givenMl = async () => (await unit.api.ledgerEntry(dose_id)).progress?.delivered_ml ?? 0;
  await until(async () => (await givenMl()) > 0.3, 20_000, 'the dose has begun');
  await unit.emulator.cause({ pump: pumpId, fault });
  const dose = await unit.api.settled(dose_id, 20_000);
  const truth = await unit.emulator.truth(pumpId);
  expect(truth.moving).toBe(false);
  expect(dose).toMatchObject({ state: 'partial', code, reason: expect.stringContaining(words) });
  const trueMl = truth.motions.at(-1)?.true_ml ?? 0;
  expect(trueMl).toBeGreaterThan(0);
  expect(trueMl).toBeLessThan(9);
  expect(trueMl).toBeCloseTo(dose.delivered_ml ?? 0, 0);

  const why = await isBlocked(pumpId, code);
  expect(why.reason).toContain(words);
  const waiting = await unit.api.dose(pumpId, { volume_ml: 1, duration_s: 6 });
  const tripped = await until(
    async () => (await unit.api.events(`?kind=input_tripped&pump_id=${pumpId}`))[0],
    5_000,
    'the event is there',
  );
  expect(tripped).toMatchObject({ severity: 'alarm', data: { code } });
  expect((await unit.emulator.truth(pumpId)).motions).toHaveLength(truth.motions.length);

  await unit.emulator.clearFaults();
  expect(await unit.api.settled(waiting.dose_id, 30_000)).toMatchObject({ state: 'done' });
  await isFree(pumpId);
  expect(await unit.api.events(`?kind=input_cleared&pump_id=${pumpId}`)).toHaveLength(1);
});

it('is blocked by a level switch, and by inputs that nobody can read', async () => {
  for (const [fault, code] of [
    ['level_low', 'E113'],
    ['inputs_lost', 'E114'],
  ] as const) {
    await isFree('ph-down');
    await unit.emulator.cause({ pump: 'ph-down', fault });
    await isBlocked('ph-down', code);
    expect((await unit.api.pump('nutrient-a')).blocked_by).toEqual([]);
    await unit.emulator.clearFaults();
  }
  await isFree('ph-down');
});
