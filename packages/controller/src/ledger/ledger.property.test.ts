import { isPeristaError } from '@perista/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstPump, newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';

const HOUR_MS = 3_600_000;
const LIMITS = { single_ml: 10, duration_s: 600, hour_ml: 25, day_ml: 60, week_ml: 120 };
const PUMPS = ['a', 'b'];

interface Given {
  readonly pumpId: string;
  readonly endMs: number;
  readonly ml: number;
}

/** What a person, the agent, a crash and time may do. */
const STEP = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      pump: fc.constantFrom(...PUMPS),
      ml: fc.integer({ min: 1, max: 12 }),
      key: fc.integer({ min: 0, max: 15 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('prime' as const),
      pump: fc.constantFrom(...PUMPS),
      maxS: fc.integer({ min: 1, max: 15 }),
      renewals: fc.integer({ min: 0, max: 20 }),
      isLetGo: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(300, 5_000, 40_000, 300_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('night' as const),
      ms: fc.constantFrom(HOUR_MS / 2, HOUR_MS, 24 * HOUR_MS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('crash' as const), awayMs: fc.constantFrom(0, 1_000, 8_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('agent-dies' as const), awayMs: fc.constantFrom(100, 2_000, 8_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stop' as const), pump: fc.constantFrom(...PUMPS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fault' as const), ml: fc.constantFrom(0, 0.5, 2) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      what: fc.constantFrom('startDose' as const, 'query' as const, 'confirm' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('step-back' as const), ms: fc.constantFrom(60_000, 5 * HOUR_MS) }),
  },
);
type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

/** Holds a button for a while; lets go of it, or falls silent. */
async function prime(unit: UnitFixture, step: Extract<Step, { kind: 'prime' }>): Promise<void> {
  const { doses } = unit.services;
  try {
    const outcome = doses.prime({ pumpId: step.pump, request: { max_s: step.maxS }, actor: OPERATOR });
    if (outcome.kind !== 'accepted') return;
    for (let renewal = 0; renewal < step.renewals; renewal++) {
      await unit.clock.advance(600);
      await unit.clock.until(doses.renewPrime(step.pump, outcome.answer.dose_id));
    }
    if (step.isLetGo) await unit.clock.until(doses.cancel(outcome.answer.dose_id, OPERATOR));
  } catch (error) {
    if (!isPeristaError(error)) throw error;
  }
}

async function play(unit: UnitFixture, step: Step): Promise<void> {
  const { clock, agent } = unit;
  if (step.kind === 'order') unit.order(step.pump, { volume_ml: step.ml }, `k${step.key}`);
  if (step.kind === 'prime') await prime(unit, step);
  if (step.kind === 'wait') await clock.advance(step.ms);
  if (step.kind === 'night') {
    // The unit is switched off: all processes are gone.
    unit.crash();
    agent.kill();
    await clock.advance(step.ms);
    agent.restart();
    await unit.boot();
  }
  if (step.kind === 'stop') await clock.until(unit.services.stops.stopPump(step.pump, OPERATOR));
  if (step.kind === 'fault') agent.nextFault = { ml: step.ml, code: 'E102' };
  if (step.kind === 'step-back') clock.stepWall(-step.ms);
  if (step.kind === 'crash') {
    unit.crash();
    await clock.advance(step.awayMs);
    await unit.boot();
  }
  if (step.kind === 'agent-dies') {
    agent.kill();
    await clock.advance(step.awayMs);
    agent.restart();
  }
  if (step.kind === 'lose') {
    agent.lostReplies.add(step.what);
    await clock.advance(2_500);
    agent.lostReplies.clear();
  }
  await clock.advance(20);
}

const within = (given: readonly Given[], untilMs: number, windowMs: number) =>
  given.filter(({ endMs }) => endMs > untilMs - windowMs && endMs <= untilMs).reduce((sum, { ml }) => sum + ml, 0);

describe('the ledger, whatever happens', () => {
  it('never lets a cap be passed, moves no dose twice, keeps one row per key and tells each event once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 40 }), async (steps) => {
        const pumps = PUMPS.map((id) => firstPump(id, { ...newPumpInput(id), limits: LIMITS, mutex_group: 'g' }));
        const unit = await new UnitFixture({ firstPumps: pumps }).boot();
        for (const step of steps) await play(unit, step);
        await unit.clock.advance(HOUR_MS * 0.6);

        const { doses, events } = unit.services;
        const rows = doses.list({ limit: 500 }).items;
        const truth = (doseId: string) => unit.agent.givenMl.get(doseId) ?? 0;

        for (const times of unit.agent.motions.values()) expect(times).toBe(1);
        for (const doseId of unit.agent.motions.keys()) expect(rows.map(({ dose_id }) => dose_id)).toContain(doseId);
        for (const row of rows) {
          expect(row.ended_at, row.dose_id).not.toBeNull();
          expect(row.lo_ml).toBeLessThanOrEqual(truth(row.dose_id) + 1e-9);
          expect(row.hi_ml).toBeGreaterThanOrEqual(truth(row.dose_id) - 1e-9);
          if (row.state === 'refused' || row.state === 'missed') expect(truth(row.dose_id)).toBe(0);
        }
        const seqs = events
          .list({ limit: 500 })
          .items.map(({ seq }) => seq)
          .reverse();
        expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));

        for (const pumpId of PUMPS) {
          const given: Given[] = unit.agent.ends
            .filter((end) => end.pumpId === pumpId)
            .map(({ doseId, endMs }) => ({ pumpId, endMs, ml: truth(doseId) }));
          for (const { endMs } of given) {
            expect(within(given, endMs, HOUR_MS)).toBeLessThanOrEqual(LIMITS.hour_ml + 0.05);
            expect(within(given, endMs, 24 * HOUR_MS)).toBeLessThanOrEqual(LIMITS.day_ml + 0.05);
            expect(within(given, endMs, 168 * HOUR_MS)).toBeLessThanOrEqual(LIMITS.week_ml + 0.05);
          }
        }
      }),
      { numRuns: 60, seed: 20260301 },
    );
  }, 60_000);
});
