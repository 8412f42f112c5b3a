// The whole way of a dose: HTTP, ledger, link, agent, bytes, emulated motor, and what really flowed.
import { beforeAll, describe, expect, it } from 'vitest';
import { problemOf, startUnit, type TestUnit } from './harness/index.ts';

const KEY = 'first-dose';
const ORDER = { volume_ml: 5, duration_s: 30 };

describe('a first dose of 5 ml in 30 s', () => {
  let unit: TestUnit;
  let doseId: string;
  let firstAnswer: unknown;

  beforeAll(async () => {
    unit = await startUnit();
  });

  it('is accepted with the plan that will be carried out', async () => {
    const reply = await unit.api.order('ph-down', ORDER, KEY);
    expect(reply.status).toBe(202);
    firstAnswer = reply.body;
    const accepted = await unit.api.dose('ph-down', ORDER, KEY);
    expect(accepted).toMatchObject({ pump_id: 'ph-down', duration_s: 30 });
    expect(accepted.volume_ml).toBeCloseTo(5, 2);
    doseId = accepted.dose_id;
  });

  it('gives 5 ml within 2 % in one motion of 30 s, and the ledger says so', async () => {
    const dose = await unit.api.settled(doseId, 60_000);
    expect(dose).toMatchObject({ state: 'done', cause: 'manual', requested_ml: 5, reason: null });
    expect(dose.lo_ml).toBeLessThanOrEqual(dose.hi_ml);
    expect(dose.delivered_ml).toBeCloseTo(5, 1);

    const truth = await unit.emulator.truth('ph-down');
    expect(truth.moving).toBe(false);
    expect(truth.true_ml).toBeGreaterThan(4.9);
    expect(truth.true_ml).toBeLessThan(5.1);
    expect(truth.motions).toHaveLength(1);
    const [motion] = truth.motions;
    const durationMs = Date.parse(motion?.ended_at ?? '') - Date.parse(motion?.started_at ?? '');
    expect(durationMs).toBeGreaterThan(29_500);
    expect(durationMs).toBeLessThan(30_500);
  });

  it('answers the same order with the same answer and moves nothing', async () => {
    const before = await unit.emulator.truth('ph-down');
    const again = await unit.api.order('ph-down', ORDER, KEY);
    expect(again).toEqual({ status: 202, body: firstAnswer });
    expect(await unit.api.ledger('?pump_id=ph-down')).toHaveLength(1);
    expect(await unit.emulator.truth('ph-down')).toEqual(before);
  });

  it('refuses another order under the same key, and moves nothing', async () => {
    const before = await unit.emulator.truth('ph-down');
    const other = await unit.api.order('ph-down', { ...ORDER, volume_ml: 6 }, KEY);
    expect(other.status).toBe(409);
    expect(problemOf(other).code).toBe('E407');
    expect(await unit.emulator.truth('ph-down')).toEqual(before);
  });

  it('leaves no other pump wet', async () => {
    expect((await unit.emulator.truth('nutrient-a')).true_ml).toBe(0);
  });
});
