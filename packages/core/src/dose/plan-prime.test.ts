// Proves that a prime turns steadily at a speed that the pump may have, never gives more than it is charged, and says so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATCH_UP_FACTOR } from '../calibration/working-range.ts';
import { forbiddenCode, pulsesPerRev, rpmOfCode } from '../units/stepper-speed.ts';
import type { PrimeOrder, PrimePlan } from './plan.ts';
import { planPrime } from './plan-prime.ts';
import type { StepperProfile } from './pump-profile.ts';

const MEASURED: StepperProfile = {
  geometry: { microstep: 64, stepsPerRev: 200, maxRpm: 300, address: 0xe0 },
  curve: {
    errorPct: 2.5,
    points: [
      { rpm: 10, mlPerMin: 1.81 },
      { rpm: 100, mlPerMin: 18 },
      { rpm: 200, mlPerMin: 35.6 },
      { rpm: 300, mlPerMin: 52.8 },
    ],
  },
  limits: { singleMl: 100, durationS: 600, hourMl: 200, dayMl: 500, weekMl: 2000 },
  maxRateMlPerMin: 40,
  minDoseMl: 0.05,
};
const UNMEASURED: StepperProfile = { ...MEASURED, curve: null };

function planned(order: Partial<PrimeOrder>, pump: StepperProfile): PrimePlan {
  const answer = planPrime({ maxS: 60, direction: 'forward', ...order }, pump);
  if (answer.kind === 'refused') throw new Error(answer.sentence);
  return answer;
}

const turnsOf = ({ motion }: PrimePlan, { geometry }: StepperProfile) => motion.pulses / pulsesPerRev(geometry);

describe('a prime of a calibrated pump', () => {
  it('turns at the comfortable rate, and is charged at the largest', () => {
    const plan = planned({}, MEASURED);
    expect(plan.rateMlPerMin).toBeCloseTo(20, 6);
    expect(plan.largestMl).toBe(40);
    expect(turnsOf(plan, MEASURED) * plan.mlPerRev).toBeCloseTo(20, 3);
    expect(plan.motion).toMatchObject({ durationMs: 60_000, direction: 'forward' });
  });

  it('takes the fastest rate where the comfortable one would come in bursts', () => {
    const onePoint = { ...MEASURED, curve: { errorPct: 3, points: [{ rpm: 100, mlPerMin: 18 }] } };
    expect(planned({}, onePoint).rateMlPerMin).toBeCloseTo(18 / CATCH_UP_FACTOR, 0);
  });
});

describe('a prime of a pump that was never measured', () => {
  it('turns at an easy speed, and counts each turn at the most that it can give', () => {
    const plan = planned({ direction: 'reverse' }, UNMEASURED);
    const rpm = turnsOf(plan, UNMEASURED);
    expect(plan.rateMlPerMin).toBeNull();
    expect(rpm).toBeGreaterThan(100);
    expect(rpm).toBeLessThan(150);
    expect(plan.mlPerRev * rpm).toBeCloseTo(plan.largestMl, 3);
    expect(plan.motion.direction).toBe('reverse');
  });

  it('is as if unmeasured where the calibration covers no speed that it may turn at', () => {
    const outOfReach = { ...MEASURED, geometry: { ...MEASURED.geometry, maxRpm: 9 } };
    expect(planned({}, outOfReach)).toMatchObject({ rateMlPerMin: null, largestMl: 40 });
  });

  it('is refused where the board has no speed slow enough', () => {
    const answer = planPrime(
      { maxS: 5, direction: 'forward' },
      { ...UNMEASURED, geometry: { microstep: 1, stepsPerRev: 200, maxRpm: 100, address: 0xe0 } },
    );
    expect(answer).toMatchObject({ kind: 'refused', reason: 'no-speed', code: 'E437' });
  });
});

it.each([
  [
    180,
    'single-dose-limit',
    'Priming for up to 180 s counts as 120 ml until it is over. 120 ml is more than the 100 ml',
  ],
  [60, 'duration-limit', 'Priming for up to 60 s counts as 40 ml until it is over. 60 s is longer than the 30 s'],
  [1e-7, 'too-small', 'this pump can dose reliably'],
])('a prime of up to %f s is refused by the rule %s, in words that explain the charge', (maxS, reason, words) => {
  const limits = reason === 'duration-limit' ? { ...MEASURED.limits, durationS: 30 } : MEASURED.limits;
  const answer = planPrime({ maxS, direction: 'forward' }, { ...MEASURED, limits });
  expect(answer).toMatchObject({ kind: 'refused', reason, sentence: expect.stringContaining(words) });
});

it('never gives more than is charged, and never turns faster than the head may', () => {
  const pumps = fc.record({
    isMeasured: fc.boolean(),
    maxS: fc.double({ min: 0.1, max: 120, noNaN: true }),
    microstep: fc.integer({ min: 4, max: 256 }),
    maxRpm: fc.integer({ min: 60, max: 1000 }),
    address: fc.integer({ min: 0xe0, max: 0xe9 }),
    maxRateMlPerMin: fc.double({ min: 0.5, max: 45, noNaN: true }),
  });
  fc.assert(
    fc.property(pumps, ({ isMeasured, maxS, microstep, maxRpm, address, maxRateMlPerMin }) => {
      const base = isMeasured ? MEASURED : UNMEASURED;
      const geometry = { microstep, stepsPerRev: 200, maxRpm, address };
      const pump = { ...base, geometry, maxRateMlPerMin };
      const plan = planned({ maxS }, pump);
      expect(turnsOf(plan, pump) * plan.mlPerRev).toBeLessThanOrEqual(plan.largestMl * (1 + 1e-9));
      const { minCode, maxCode } = plan.motion;
      expect(minCode).toBeLessThanOrEqual(maxCode);
      expect(rpmOfCode(maxCode, geometry)).toBeLessThanOrEqual(maxRpm * (1 + 1e-9));
      expect([minCode, maxCode]).not.toContain(forbiddenCode(address));
    }),
  );
});
