// Proves that a run to calibrate a pump turns at one speed for as long as was asked, within the pump's limits, and is
// charged more than it can give (P3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfRpm, pulsesPerRev, rpmOfCode } from '../units/stepper-speed.ts';
import { planCalibrationRun } from './plan-calibration-run.ts';
import { PROPOSED_REPEATS, proposeCalibration } from './propose-calibration.ts';
import type { RelayProfile, StepperProfile } from './pump-profile.ts';

const STEPPER: StepperProfile = {
  geometry: { microstep: 64, stepsPerRev: 200, maxRpm: 300, address: 0xe0 },
  curve: null,
  limits: { singleMl: 100, durationS: 600, hourMl: 200, dayMl: 500, weekMl: 2000 },
  maxRateMlPerMin: 40,
  minDoseMl: 0.02,
};
const RELAY: RelayProfile = {
  ...STEPPER,
  geometry: 'relay',
  limits: { ...STEPPER.limits, singleMl: 50, durationS: 120 },
};

function planned(...args: Parameters<typeof planCalibrationRun>) {
  const plan = planCalibrationRun(...args);
  if (plan.kind === 'refused') throw new Error(plan.sentence);
  return plan;
}

describe('a run of a stepper', () => {
  it('turns at the speed of its board that is nearest, and at no other', () => {
    const { motion, rpm, revolutions } = planned({ rpm: 100, turningS: 30 }, STEPPER);
    expect(motion).toMatchObject({ minCode: 43, maxCode: 43, direction: 'forward' });
    expect(rpm).toBe(rpmOfCode(43, STEPPER.geometry));
    expect(revolutions).toBeCloseTo(rpm / 2, 4);
    expect(motion.pulses).toBe(revolutions * pulsesPerRev(STEPPER.geometry));
  });

  it('is as long as its chunks need, and never faster than its head may turn', () => {
    const speeds = fc.double({ min: 0.1, max: 400, noNaN: true });
    fc.assert(
      fc.property(speeds, fc.double({ min: 0.5, max: 90, noNaN: true }), (rpm, turningS) => {
        const plan = planned({ rpm, turningS }, STEPPER);
        expect(plan.rpm).toBeLessThanOrEqual(300);
        expect(plan.durationS).toBeGreaterThan(turningS);
        expect(plan.durationS).toBeLessThan(turningS * 1.18 + 0.2);
        if (rpm < 297 && rpm > 3) expect(Math.abs(codeOfRpm(plan.rpm - rpm, STEPPER.geometry))).toBeLessThan(1.01);
        expect(plan.largestMl).toBeGreaterThan((40 * plan.durationS) / 60);
        expect(plan.mlPerRev * plan.revolutions).toBeCloseTo(plan.largestMl, 9);
      }),
    );
  });

  it('is refused over a limit, with what it counts as', () => {
    expect(planCalibrationRun({ rpm: 5, turningS: 200 }, STEPPER)).toMatchObject({
      kind: 'refused',
      reason: 'single-dose-limit',
      sentence: expect.stringContaining('counts as'),
    });
    const short = { ...STEPPER, limits: { ...STEPPER.limits, durationS: 10 } };
    expect(planCalibrationRun({ rpm: 100, turningS: 10 }, short)).toMatchObject({ reason: 'duration-limit' });
    const stuck = { ...STEPPER, geometry: { ...STEPPER.geometry, maxRpm: 1 } };
    expect(planCalibrationRun({ rpm: 1, turningS: 10 }, stuck)).toMatchObject({ reason: 'no-speed' });
    expect(planCalibrationRun({ rpm: 10, turningS: 0.00001 }, STEPPER)).toMatchObject({ reason: 'too-small' });
  });

  it('does not ask what an earlier calibration says', () => {
    const curve = { points: [{ rpm: 100, mlPerMin: 18 }], errorPct: 2 };
    expect(planned({ rpm: 50, turningS: 10 }, { ...STEPPER, curve })).toEqual(
      planned({ rpm: 50, turningS: 10 }, STEPPER),
    );
  });
});

describe('a run of a relay', () => {
  it('is on for the time, charged at its largest rate', () => {
    expect(planned({ turningS: 30 }, RELAY)).toMatchObject({
      rpm: 60,
      revolutions: 30,
      durationS: 30,
      largestMl: 20,
      motion: { pulses: 30_000 },
    });
    expect(planCalibrationRun({ turningS: 121 }, RELAY)).toMatchObject({ kind: 'refused' });
  });
});

describe('proposeCalibration', () => {
  it('proposes speeds over the whole range, each long enough to measure and within every limit', () => {
    const runs = proposeCalibration(STEPPER);
    const rpms = runs.map(({ rpm }) => rpm ?? 0);
    expect(runs).toHaveLength(8);
    expect(PROPOSED_REPEATS).toBe(3);
    expect(rpms.at(-1)).toBeGreaterThan(295);
    expect(rpms[0]).toBeLessThan(10);
    for (const [index, rpm] of rpms.slice(1).entries()) expect(rpm / (rpms[index] ?? 1)).toBeLessThan(2);
    for (const run of runs) {
      const plan = planned(run, STEPPER);
      expect(plan.rpm).toBe(run.rpm);
      expect(plan.revolutions).toBeGreaterThanOrEqual(10);
      expect(plan.largestMl).toBeLessThanOrEqual(100);
    }
  });

  it('proposes what any pump carries out, or nothing', () => {
    const pumps = fc.record({
      microstep: fc.integer({ min: 1, max: 256 }),
      maxRpm: fc.integer({ min: 1, max: 1000 }),
      address: fc.integer({ min: 0xe0, max: 0xe9 }),
      singleMl: fc.double({ min: 0.1, max: 500, noNaN: true }),
      durationS: fc.double({ min: 1, max: 3600, noNaN: true }),
      maxRateMlPerMin: fc.double({ min: 0.5, max: 200, noNaN: true }),
      isRelay: fc.boolean(),
    });
    fc.assert(
      fc.property(pumps, ({ microstep, maxRpm, address, singleMl, durationS, maxRateMlPerMin, isRelay }) => {
        const bounds = { ...STEPPER, maxRateMlPerMin, limits: { ...STEPPER.limits, singleMl, durationS } };
        const geometry = { microstep, maxRpm, address, stepsPerRev: 200 };
        const profile = isRelay ? { ...bounds, geometry: 'relay' as const } : { ...bounds, geometry };
        for (const run of proposeCalibration(profile)) expect(planCalibrationRun(run, profile).kind).toBe('plan');
      }),
    );
  });

  it('proposes the half minute of a relay', () => {
    expect(proposeCalibration(RELAY)).toEqual([{ turningS: 30 }]);
    expect(proposeCalibration({ ...RELAY, limits: { ...RELAY.limits, durationS: 0.5 } })).toEqual([]);
  });
});
