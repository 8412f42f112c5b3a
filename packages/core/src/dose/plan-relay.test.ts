// Proves that a pump behind a relay is planned as the time that its one rate takes, and that nothing else is accepted.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CalibrationCurve } from '../calibration/calibration-curve.ts';
import { fitCalibration } from '../calibration/fit-calibration.ts';
import { planDose, rateRange } from './plan-dose.ts';
import { planPrime } from './plan-prime.ts';
import { RELAY_PULSES_PER_REV, RELAY_RPM } from './plan-relay.ts';
import type { RelayProfile } from './pump-profile.ts';

const curveOf = (mlPerS: number): CalibrationCurve => ({
  points: [{ rpm: RELAY_RPM, mlPerMin: 60 * mlPerS }],
  errorPct: 3,
});

const PUMP: RelayProfile = {
  geometry: 'relay',
  curve: curveOf(0.33),
  limits: { singleMl: 50, durationS: 120, hourMl: 100, dayMl: 200, weekMl: 1000 },
  maxRateMlPerMin: 60,
  minDoseMl: 0.2,
};

const dose = (volumeMl: number, durationS?: number, pump = PUMP) =>
  planDose({ volumeMl, direction: 'forward', ...(durationS !== undefined && { durationS }) }, pump);

describe('planDose of a relay', () => {
  it("takes 46.97 s for the specification's 15.5 ml at 0.33 ml/s", () => {
    const motion = { pulses: 46_970, direction: 'forward', durationMs: 46_970 };
    expect(dose(15.5)).toMatchObject({ kind: 'plan', motion, durationS: 46.97, errorPct: 3 });
  });

  it('gives every volume to within half a millisecond of its rate, and never passes the limit of time', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 50, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (ml, rate) => {
          const plan = dose(ml, undefined, { ...PUMP, curve: curveOf(rate) });
          if (plan.kind === 'refused') return plan.reason === 'duration-limit' && ml / rate > 120;
          const { pulses } = plan.motion;
          expect(Math.abs(pulses / RELAY_PULSES_PER_REV - ml / rate)).toBeLessThanOrEqual(0.000_501);
          expect(plan.volumeMl).toBeCloseTo((pulses / RELAY_PULSES_PER_REV) * plan.mlPerRev, 9);
          return plan.durationS <= 120.001;
        },
      ),
    );
  });

  it('accepts the duration that follows from volume and rate as screens show it, and refuses any other with the reason', () => {
    expect(dose(15.5, 47)).toMatchObject({ kind: 'plan', durationS: 46.97 });
    expect(dose(15.5, 40)).toMatchObject({ reason: 'rate-too-high', fastestDurationS: 47 });
    expect(dose(15.5, 60)).toMatchObject({
      reason: 'rate-too-low',
      sentence:
        '15.5 ml in 60 s is 15.5 ml/min, but this pump gives 19.8 ml/min and no other rate. Order 15.5 ml without a duration; they take 47 s.',
    });
  });

  it.each([
    ['reverse', () => planDose({ volumeMl: 1, direction: 'reverse' }, PUMP), 'one-way'],
    ['more than 50 ml', () => dose(50.1, undefined, { ...PUMP, curve: curveOf(1) }), 'single-dose-limit'],
    ['more than 120 s', () => dose(40), 'duration-limit'],
    ['less than its least', () => dose(0.1), 'too-small'],
    ['a volume without calibration', () => dose(1, undefined, { ...PUMP, curve: null }), 'not-calibrated'],
    ['a rate over its largest', () => dose(1, undefined, { ...PUMP, maxRateMlPerMin: 19 }), 'not-calibrated'],
  ])('refuses %s', (_, plan, reason) => expect(plan()).toMatchObject({ kind: 'refused', reason }));

  it('has one rate, that of any number of runs at its one speed', () => {
    const runs = [9.8, 9.9, 10].map((measuredMl) => ({ rpm: RELAY_RPM, revolutions: 30, measuredMl }));
    const fit = fitCalibration(runs);
    if (fit.kind === 'refused') throw new Error(fit.detail);
    const range = rateRange({ ...PUMP, curve: fit.curve });
    expect(range?.fastestMlPerMin).toBeCloseTo(19.8, 9);
    expect(range?.slowestMlPerMin).toBe(range?.fastestMlPerMin);
    expect(rateRange({ ...PUMP, curve: null })).toBeNull();
  });
});

describe('planPrime of a relay', () => {
  it('is charged at the largest rate, and turns as long as it is held', () => {
    const plan = planPrime({ maxS: 10, direction: 'forward' }, PUMP);
    expect(plan).toMatchObject({ motion: { pulses: 10_000 }, largestMl: 10, durationS: 10 });
    expect(planPrime({ maxS: 10, direction: 'forward' }, { ...PUMP, curve: null })).toMatchObject({
      rateMlPerMin: null,
      mlPerRev: 1,
    });
  });

  it('refuses reverse, and more than a single dose', () => {
    expect(planPrime({ maxS: 10, direction: 'reverse' }, PUMP)).toMatchObject({ reason: 'one-way' });
    expect(planPrime({ maxS: 51, direction: 'forward' }, PUMP)).toMatchObject({ reason: 'single-dose-limit' });
  });
});
