// Proves that every order becomes either pulses and codes that give its volume and may be sent, or a refusal whose
// proposal is accepted when it is sent back (P3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalibrationCurve, calibratedRange, mlPerRev, rpmForFlow } from '../calibration/calibration-curve.ts';
import { CATCH_UP_FACTOR } from '../calibration/working-range.ts';
import { AssertionError } from '../errors/perista-error.ts';
import { turningFactor } from '../motion/chunk-step.ts';
import { codeOfRpm, forbiddenCode, pulsesPerRev, rpmOfCode } from '../units/stepper-speed.ts';
import type { StepperGeometry } from './dose.ts';
import type { DoseOrder, DosePlan } from './plan.ts';
import { planDose, rateRange } from './plan-dose.ts';
import type { StepperProfile } from './pump-profile.ts';

const GEOMETRY: StepperGeometry = { microstep: 64, stepsPerRev: 200, maxRpm: 300, address: 0xe0 };

/** A head of 0.18 ml/rev that gives a little less when it turns fast. */
const CURVE: CalibrationCurve = {
  errorPct: 2.5,
  points: [
    { rpm: 10, mlPerMin: 1.81 },
    { rpm: 100, mlPerMin: 18 },
    { rpm: 200, mlPerMin: 35.6 },
    { rpm: 300, mlPerMin: 52.8 },
  ],
};

const PUMP: StepperProfile = {
  geometry: GEOMETRY,
  curve: CURVE,
  limits: { singleMl: 100, durationS: 3600, hourMl: 200, dayMl: 500, weekMl: 2000 },
  maxRateMlPerMin: 40,
  minDoseMl: 0.05,
};

function planned(order: Omit<DoseOrder, 'direction'>, pump = PUMP): DosePlan {
  const answer = planDose({ direction: 'forward', ...order }, pump);
  if (answer.kind === 'refused') throw new Error(answer.sentence);
  return answer;
}

function refused(order: Omit<DoseOrder, 'direction'>, pump = PUMP) {
  const answer = planDose({ direction: 'forward', ...order }, pump);
  if (answer.kind === 'plan') throw new Error('planned, though a refusal was expected');
  return answer;
}

const pumps: fc.Arbitrary<StepperProfile> = fc
  .record({
    microstep: fc.integer({ min: 8, max: 256 }),
    stepsPerRev: fc.constantFrom(200, 400),
    maxRpm: fc.integer({ min: 20, max: 1000 }),
    address: fc.integer({ min: 0xe0, max: 0xe9 }),
    firstRpm: fc.double({ min: 1, max: 60, noNaN: true }),
    steps: fc.array(
      fc.record({
        rpm: fc.double({ min: 5, max: 150, noNaN: true }),
        ml: fc.double({ min: 0.15, max: 0.2, noNaN: true }),
      }),
      { maxLength: 5 },
    ),
    maxRateMlPerMin: fc.double({ min: 0.5, max: 200, noNaN: true }),
  })
  .map(({ microstep, stepsPerRev, maxRpm, address, firstRpm, steps, maxRateMlPerMin }) => {
    let point = { rpm: firstRpm, mlPerMin: firstRpm * 0.18 };
    const points = [
      point,
      ...steps.map(({ rpm, ml }) => {
        point = { rpm: point.rpm + rpm, mlPerMin: point.mlPerMin + rpm * ml };
        return point;
      }),
    ];
    return {
      ...PUMP,
      geometry: { microstep, stepsPerRev, maxRpm, address },
      curve: { points, errorPct: 3 },
      maxRateMlPerMin,
    };
  });

const orders = fc.record({
  volumeMl: fc.double({ min: 0.05, max: 100, noNaN: true }),
  durationS: fc.double({ min: 0.5, max: 3600, noNaN: true }),
  direction: fc.constantFrom('forward' as const, 'reverse' as const),
});

describe('planDose', () => {
  it('turns volume and duration into pulses', () => {
    const plan = planned({ volumeMl: 9, durationS: 30 });
    const pulses = Math.round((9 / plan.mlPerRev) * 12_800);
    expect(plan.motion).toEqual({ pulses, direction: 'forward', durationMs: 30_000, minCode: 5, maxCode: 56 });
    expect(plan).toMatchObject({ volumeMl: expect.closeTo(9, 5), durationS: 30, errorPct: 2.5 });
    expect(plan.rateMlPerMin).toBeCloseTo(18, 4);
  });

  it('reads the curve at the speed of the turning shaft, which is above the mean by what chunks cost', () => {
    const plan = planned({ volumeMl: 9, durationS: 30 });
    // 37 chunks of 0.12 s in 30 s.
    const factor = 30 / (30 - 37 * 0.12);
    expect(plan.rpm).toBeCloseTo(rpmForFlow(CURVE, 18 * factor), 6);
    expect(plan.mlPerRev).toBeCloseTo(mlPerRev(CURVE, plan.rpm), 9);
    expect(plan.mlPerRev).toBeLessThan(0.18);
    expect(planned({ volumeMl: 20, durationS: 30.6 }).rpm).toBeLessThanOrEqual(300);
    expect(planned({ volumeMl: 0.4, durationS: 1 }).rpm).toBeCloseTo(rpmForFlow(CURVE, 24 * 1.25), 6);
  });

  it('takes half of the fastest rate when no duration is given', () => {
    const { fastestMlPerMin, comfortableMlPerMin } = rateRange(PUMP) ?? {};
    expect(fastestMlPerMin).toBe(40);
    expect(comfortableMlPerMin).toBe(20);
    expect(planned({ volumeMl: 10 }).durationS).toBe(30);
  });

  it('hurries when the duration limit would cut the comfortable duration off', () => {
    const pump = { ...PUMP, limits: { ...PUMP.limits, durationS: 20 } };
    expect(planned({ volumeMl: 10 }, pump).durationS).toBe(20);
    expect(planned({ volumeMl: 13.33 }, pump)).toMatchObject({ durationS: 20, rateMlPerMin: expect.closeTo(39.99, 3) });
    expect(refused({ volumeMl: 20 }, pump)).toMatchObject({ reason: 'duration-limit', limit: 20, value: 30 });
  });

  it('makes a rate under the slowest measured speed of bursts at that speed', () => {
    const plan = planned({ volumeMl: 1, durationS: 600 });
    const burstRpm = rpmOfCode(plan.motion.minCode, GEOMETRY);
    expect(plan.motion).toMatchObject({ minCode: 5, maxCode: 5 });
    expect(plan.rpm).toBeCloseTo(burstRpm, 9);
    expect(plan.mlPerRev).toBeCloseTo(mlPerRev(CURVE, burstRpm), 9);
  });

  it('doses only in bursts at its speed when a single speed was measured', () => {
    const pump = { ...PUMP, curve: { points: [{ rpm: 100, mlPerMin: 18 }], errorPct: 5.6 } };
    const plan = planned({ volumeMl: 10, durationS: 60 }, pump);
    expect(plan.motion).toMatchObject({ minCode: 42, maxCode: 42 });
    expect(plan.rpm).toBe(100);
    expect(refused({ volumeMl: 18, durationS: 60 }, pump).reason).toBe('rate-too-high');
  });

  it('plans within codes, speeds and half a pulse', () => {
    fc.assert(
      fc.property(orders, pumps, (order, pump) => {
        const plan = planDose(order, pump);
        if (plan.kind === 'refused' || pump.curve === null) return;
        const { motion } = plan;
        const { minRpm, maxRpm } = calibratedRange(pump.curve);
        const mlPerPulse = plan.mlPerRev / pulsesPerRev(pump.geometry);
        expect(Math.abs(plan.volumeMl - order.volumeMl)).toBeLessThanOrEqual(mlPerPulse * 0.500001);
        expect(Number.isSafeInteger(motion.pulses) && motion.pulses > 0).toBe(true);
        expect(motion.direction).toBe(order.direction);
        for (const code of [motion.minCode, motion.maxCode]) {
          expect(Number.isInteger(code) && code >= 1 && code <= 127).toBe(true);
          expect(code).not.toBe(forbiddenCode(pump.geometry.address));
          expect(rpmOfCode(code, pump.geometry)).toBeLessThanOrEqual(pump.geometry.maxRpm * 1.000001);
          expect(rpmOfCode(code, pump.geometry)).toBeGreaterThanOrEqual(minRpm * 0.98 - 1e-6);
          expect(rpmOfCode(code, pump.geometry)).toBeLessThanOrEqual(maxRpm * 1.02 + 1e-6);
        }
        expect(motion.maxCode).toBeGreaterThanOrEqual(motion.minCode);
        expect(plan.mlPerRev).toBeCloseTo(mlPerRev(pump.curve, plan.rpm), 12);
      }),
    );
  });

  it('can end on time: the highest code is over the mean by what chunks cost', () => {
    fc.assert(
      fc.property(orders, pumps, (order, pump) => {
        const plan = planDose(order, pump);
        if (plan.kind === 'refused') return;
        const { pulses, durationMs, maxCode } = plan.motion;
        const turning = Math.min(CATCH_UP_FACTOR, turningFactor(durationMs));
        const roundingToPulses = 0.5;
        const meanCode = (pulses - roundingToPulses) / plan.durationS / 500;
        expect(maxCode).toBeGreaterThanOrEqual(meanCode * turning * 0.999999);
      }),
    );
  });

  it('refuses 50 ml in 2.5 s and says how fast it can be', () => {
    const refusal = refused({ volumeMl: 50, durationS: 2.5 });
    expect(refusal).toEqual({
      kind: 'refused',
      reason: 'rate-too-high',
      code: 'E420',
      sentence: '50 ml in 2.5 s is 1200 ml/min, but this pump gives at most 40 ml/min. Allow at least 75 s for 50 ml.',
      limit: 40,
      value: 1200,
      unit: 'ml/min',
      fastestDurationS: 75,
    });
    expect(planned({ volumeMl: 50, durationS: 75 }).durationS).toBe(75);
  });

  it('names no fastest duration where none is feasible', () => {
    const refusal = refused({ volumeMl: 1e9, durationS: 30 });
    expect(refusal).toMatchObject({ reason: 'rate-too-high', sentence: expect.stringContaining('order less') });
    expect(refusal.fastestDurationS).toBeUndefined();
  });

  it('accepts the fastest duration that a refusal names', () => {
    let refusals = 0;
    fc.assert(
      fc.property(orders, pumps, (order, pump) => {
        const refusal = planDose(order, pump);
        if (refusal.kind === 'plan' || refusal.reason !== 'rate-too-high') return;
        refusals++;
        const { fastestDurationS } = refusal;
        if (fastestDurationS === undefined) {
          const unhurried = planDose({ volumeMl: order.volumeMl, direction: order.direction }, pump);
          expect(unhurried).toMatchObject({ reason: expect.stringMatching(/^(single-dose|duration)-limit$/) });
          return;
        }
        expect(fastestDurationS).toBeGreaterThan(order.durationS);
        expect(refusal.sentence).toContain(`at least ${fastestDurationS} s`);
        expect(planDose({ ...order, durationS: fastestDurationS }, pump).kind).toBe('plan');
      }),
    );
    expect(refusals).toBeGreaterThan(5);
  });

  it('accepts any calibrated pump without a duration, within its limits', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 100, noNaN: true }), pumps, (volumeMl, pump) => {
        const patient = { ...pump, limits: { ...pump.limits, durationS: 1e6 } };
        expect(planDose({ volumeMl, direction: 'forward' }, patient).kind).toBe(
          rateRange(pump) === null ? 'refused' : 'plan',
        );
      }),
    );
  });

  it('refuses a rate that even bursts cannot make, and names the longest duration', () => {
    const slow = { ...PUMP, limits: { ...PUMP.limits, durationS: 1e9 } };
    const refusal = refused({ volumeMl: 1, durationS: 100_000 }, slow);
    expect(refusal).toMatchObject({ reason: 'rate-too-low', code: 'E421', unit: 'ml/min' });
    const longestS = Number(/at most ([\d.]+) s/.exec(refusal.sentence)?.[1]);
    expect(planned({ volumeMl: 1, durationS: longestS }, slow).motion.maxCode).toBe(5);
    expect(refused({ volumeMl: 1, durationS: longestS * 1.01 }, slow).reason).toBe('rate-too-low');
  });

  it('asks for the rate before single dose and duration', () => {
    expect(refused({ volumeMl: 150, durationS: 2.5 }).reason).toBe('rate-too-high');
    expect(refused({ volumeMl: 150, durationS: 4000 })).toMatchObject({
      reason: 'single-dose-limit',
      limit: 100,
      value: 150,
    });
    expect(refused({ volumeMl: 150 }).reason).toBe('single-dose-limit');
    expect(refused({ volumeMl: 90, durationS: 4000 })).toMatchObject({
      reason: 'duration-limit',
      code: 'E423',
      limit: 3600,
    });
    expect(planned({ volumeMl: 100, durationS: 3600 }).volumeMl).toBeCloseTo(100, 4);
  });

  it('refuses a volume under the least and a pump that has no usable calibration', () => {
    expect(refused({ volumeMl: 0.049 })).toMatchObject({ reason: 'too-small', code: 'E427', limit: 0.05, unit: 'ml' });
    expect(planned({ volumeMl: 0.05 }).volumeMl).toBeCloseTo(0.05, 4);
    expect(refused({ volumeMl: 1e-9 }, { ...PUMP, minDoseMl: 1e-12 }).reason).toBe('too-small');
    expect(refused({ volumeMl: 5 }, { ...PUMP, curve: null })).toMatchObject({
      reason: 'not-calibrated',
      code: 'E428',
    });
    const throttled = { ...PUMP, geometry: { ...GEOMETRY, maxRpm: 5 } };
    expect(refused({ volumeMl: 5 }, throttled).sentence).toContain('covers 10 to 300 rpm');
    expect(rateRange(throttled)).toBeNull();
  });

  it('refuses more pulses than the board can count', () => {
    const tank = { ...PUMP, limits: { ...PUMP.limits, singleMl: 1e9, durationS: 1e12 } };
    const mostMl = (planned({ volumeMl: 100 }, tank).mlPerRev / 12_800) * (2 ** 31 - 1);
    expect(refused({ volumeMl: 1e6 }, tank)).toMatchObject({
      reason: 'single-dose-limit',
      limit: expect.closeTo(mostMl, 0),
    });
    expect(refused({ volumeMl: 1e308 }, tank).reason).toBe('single-dose-limit');
  });

  it('never uses the speed code that equals the address', () => {
    const onlyForbidden = {
      ...PUMP,
      curve: { points: [{ rpm: rpmOfCode(96, GEOMETRY), mlPerMin: 40 }], errorPct: 5.6 },
    };
    const plan = planned({ volumeMl: 5, durationS: 30 }, onlyForbidden);
    expect([plan.motion.minCode, plan.motion.maxCode]).toEqual([95, 95]);
    expect(codeOfRpm(plan.rpm, GEOMETRY)).toBeCloseTo(96, 9);
  });

  it('takes impossible numbers for a bug of its caller', () => {
    for (const volumeMl of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => planDose({ volumeMl, direction: 'forward' }, PUMP)).toThrow(AssertionError);
    }
    expect(() => planDose({ volumeMl: 1, durationS: 0, direction: 'forward' }, PUMP)).toThrow(
      'the duration of an order is a positive number, not 0',
    );
  });
});
