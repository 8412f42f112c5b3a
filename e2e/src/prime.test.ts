// Proves that a pump turns while its button is held and no longer: let go, silent, or with its controller or agent dead.
import { hostClock, sleep } from '@perista/core';
import type { Dose, PrimeRequest } from '@perista/protocol/api';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killHard, problemOf, startUnit, type TestUnit, until } from './harness/index.ts';

const PUMP = 'ph-down';
const OTHER = 'nutrient-a';
const HOLD_MS = 1_000;
const CHUNK_MS = 1_000;
/** Within which a board that was told to stop is at rest, with the way there. */
const STOP_MS = 300;
const CALIBRATION_ERROR = 0.05;
const clock = hostClock(globalThis);

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
  await ready(PUMP);
});
afterEach(() => unit.api.request('POST', `/api/pumps/${PUMP}/stop`));

/** Priming does not wait for a board that is not up yet. */
const ready = (pumpId: string) =>
  until(
    async () => (await unit.api.pump(pumpId)).blocked_by.every(({ code }) => code === 'E428'),
    10_000,
    `${pumpId} is ready`,
  );

/** Presses, and holds for `ms` as a page does; the id of the dose and when it last said that it holds. */
async function pressAndHold(ms: number, request: PrimeRequest = { max_s: 30 }, pumpId = PUMP) {
  const { dose_id, hold_ms } = await unit.api.prime(pumpId, request);
  expect(hold_ms).toBe(HOLD_MS);
  const endMs = clock.monotonicMs() + ms;
  let heldAt = Date.now();
  while (clock.monotonicMs() < endMs) {
    heldAt = Date.now();
    expect((await unit.api.renewPrime(pumpId, dose_id)).status).toBe(200);
    await sleep(clock, Math.max(0, Math.min(250, endMs - clock.monotonicMs())));
  }
  return { doseId: dose_id, heldAt };
}

const truth = (pumpId = PUMP) => unit.emulator.truth(pumpId);

/** When the shaft came to rest, ms since 1970; nothing turns for a second afterwards. */
async function restedAt(pumpId = PUMP): Promise<number> {
  return until(
    async () => {
      const { moving, motions } = await truth(pumpId);
      const endedAt = Date.parse(motions.at(-1)?.ended_at ?? '');
      return !moving && Date.now() - endedAt > 1_100 && endedAt;
    },
    10_000,
    'the shaft rests for a second',
  );
}

/** The record of some liquid, within the stated error of the calibration. */
function expectMeasured({ lo_ml, hi_ml, delivered_ml }: Dose, trueMl: number): void {
  expect(trueMl).toBeGreaterThanOrEqual(lo_ml * (1 - CALIBRATION_ERROR));
  expect(trueMl).toBeLessThanOrEqual(hi_ml * (1 + CALIBRATION_ERROR));
  expect(delivered_ml).toBeGreaterThan(0.2);
}

describe('a button', () => {
  it('turns the pump while it is held, and has it at rest at once when it is let go', async () => {
    const before = await truth();
    const { doseId } = await pressAndHold(2_500);
    expect((await unit.api.pump(PUMP)).state).toBe('priming');
    await until(async () => (await truth()).moving, 500, 'the shaft turns, which it does between short rests');
    const letGoAt = Date.now();
    const reply = await unit.api.cancel(doseId);
    expect(reply.status).toBe(200);
    expect((await restedAt()) - letGoAt).toBeLessThan(STOP_MS);
    const dose = await unit.api.ledgerEntry(doseId);
    expect(dose).toMatchObject({ state: 'done', cause: 'prime', reason: null, direction: 'forward' });
    expectMeasured(dose, (await truth()).true_ml - before.true_ml);
    expect((await truth()).motions).toHaveLength(before.motions.length + 1);
    const late = await unit.api.renewPrime(PUMP, doseId);
    expect([late.status, problemOf(late).code]).toEqual([409, 'E406']);
  });

  it('that falls silent is let go by the agent within the hold', async () => {
    const { doseId, heldAt } = await pressAndHold(1_500);
    expect((await restedAt()) - heldAt).toBeLessThan(HOLD_MS + STOP_MS);
    const dose = await unit.api.ledgerEntry(doseId);
    expect(dose).toMatchObject({ state: 'done', reason: expect.stringContaining('not held any more') });
  });

  it('that is never held on turns for the hold at most', async () => {
    const pressedAt = Date.now();
    const { dose_id } = await unit.api.prime(PUMP, { max_s: 30 });
    expect((await unit.api.settled(dose_id, 5_000)).state).toBe('done');
    expect((await restedAt()) - pressedAt).toBeLessThan(HOLD_MS + STOP_MS);
  });

  it('that is held for ever turns no longer than it may', async () => {
    const { dose_id } = await unit.api.prime(PUMP, { max_s: 2, direction: 'reverse' });
    await until(async () => (await unit.api.renewPrime(PUMP, dose_id)).status === 409, 5_000, 'the prime is over');
    await restedAt();
    const motion = (await truth()).motions.at(-1);
    const turnedMs = Date.parse(motion?.ended_at ?? '') - Date.parse(motion?.started_at ?? '');
    expect(turnedMs).toBeLessThan(2_000 + STOP_MS);
    expect(turnedMs).toBeGreaterThan(1_700);
    expect(motion?.true_ml).toBeLessThan(0);
    expect(await unit.api.ledgerEntry(dose_id)).toMatchObject({ state: 'done', direction: 'reverse' });
  });

  it('is refused beside a dose, which goes on', async () => {
    const dose = await unit.api.dose(PUMP, { volume_ml: 1 });
    const reply = await unit.api.request('POST', `/api/pumps/${PUMP}/prime`, { max_s: 5 });
    expect([reply.status, problemOf(reply).code]).toEqual([422, 'E436']);
    expect((await unit.api.settled(dose.dose_id, 20_000)).state).toBe('done');
    await restedAt();
  });

  it('is charged all that it could give, and gets back what it did not', async () => {
    const before = (await unit.api.pump(PUMP)).remaining_ml.hour;
    const { doseId } = await pressAndHold(600, { max_s: 60 });
    expect((await unit.api.pump(PUMP)).remaining_ml.hour).toBeCloseTo(before - 40, 6);
    await unit.api.cancel(doseId);
    const { hi_ml } = await unit.api.ledgerEntry(doseId);
    expect((await unit.api.pump(PUMP)).remaining_ml.hour).toBeCloseTo(before - hi_ml, 6);
    const tooLong = await unit.api.request('POST', `/api/pumps/${PUMP}/prime`, { max_s: 121 });
    expect(tooLong.status).toBe(400);
    await restedAt();
  });
});

describe('a process that is killed while a button is held', () => {
  it('the controller: the agent brings the pump to rest within the hold, and nothing moves again', async () => {
    const before = await truth();
    const { doseId, heldAt } = await pressAndHold(1_500);
    const controller = unit.pid('controller');
    await killHard(controller);
    expect((await restedAt()) - heldAt).toBeLessThan(HOLD_MS + STOP_MS);
    await unit.newPid('controller', controller);
    const dose = await unit.api.settled(doseId, 20_000);
    expect(dose.state).toBe('done');
    const after = await truth();
    expect(after.motions).toHaveLength(before.motions.length + 1);
    expectMeasured(dose, after.true_ml - before.true_ml);
    expect((await unit.api.renewPrime(PUMP, doseId)).status).toBe(409);
  });

  it('the agent: the chunk in flight ends by itself, is measured, and nothing moves again', async () => {
    const before = await truth();
    const { doseId } = await pressAndHold(1_500);
    const agent = unit.pid('agent');
    const killedAt = Date.now();
    await killHard(agent);
    expect((await restedAt()) - killedAt).toBeLessThan(CHUNK_MS + STOP_MS);
    await unit.newPid('agent', agent);
    const dose = await unit.api.settled(doseId, 20_000);
    expect(dose).toMatchObject({ state: 'partial', reason: expect.stringContaining('cut off') });
    const after = await truth();
    expect(after.motions).toHaveLength(before.motions.length + 1);
    expectMeasured(dose, after.true_ml - before.true_ml);
  });
});

it('a pump without a calibration primes too, and its record holds what truly flowed', async () => {
  const { hardware, limits, max_rate_ml_min } = await unit.api.pump(OTHER);
  expect((await unit.api.request('DELETE', `/api/pumps/${OTHER}`)).status).toBe(204);
  const raw = { id: 'raw', hardware, limits, max_rate_ml_min };
  expect((await unit.api.request('POST', '/api/pumps', raw)).status).toBe(201);
  await ready('raw');
  const before = await truth(OTHER);
  const { doseId } = await pressAndHold(1_500, { max_s: 20 }, 'raw');
  expect((await unit.api.pump('raw')).state).toBe('priming');
  await unit.api.cancel(doseId);
  await restedAt(OTHER);
  const trueMl = (await truth(OTHER)).true_ml - before.true_ml;
  const dose = await unit.api.ledgerEntry(doseId);
  expect(dose).toMatchObject({ state: 'done', lo_ml: 0, delivered_ml: null, calibration_id: null });
  expect(trueMl).toBeGreaterThan(0.2);
  expect(dose.hi_ml).toBeGreaterThan(trueMl);
  expect(dose.hi_ml).toBeLessThan(4 * trueMl);
});
