// Proves that a curve can be read both ways without loss, rises everywhere, and says nothing outside its measured range.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../errors/perista-error.ts';
import { type CalibrationCurve, calibratedRange, flowMlPerMin, mlPerRev, rpmForFlow } from './calibration-curve.ts';

const HEAD: CalibrationCurve = {
  errorPct: 2,
  points: [
    { rpm: 10, mlPerMin: 1.83 },
    { rpm: 50, mlPerMin: 9.02 },
    { rpm: 150, mlPerMin: 26.8 },
    { rpm: 300, mlPerMin: 52 },
  ],
};

const curves: fc.Arbitrary<CalibrationCurve> = fc
  .array(
    fc.record({
      rpm: fc.double({ min: 0.5, max: 80, noNaN: true }),
      ml: fc.double({ min: 0.05, max: 0.3, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .map((steps) => {
    let [rpm, mlPerMin] = [0, 0];
    const points = steps.map((step) => {
      rpm += step.rpm;
      mlPerMin += step.rpm * step.ml;
      return { rpm, mlPerMin };
    });
    return { points, errorPct: 1 };
  });

const share = fc.double({ min: 0, max: 1, noNaN: true });
const between = (min: number, max: number, at: number) => min + at * (max - min);

describe('a calibration curve', () => {
  it('gives a flow, and the speed for that flow again', () => {
    fc.assert(
      fc.property(curves, share, (curve, at) => {
        const { minRpm, maxRpm } = calibratedRange(curve);
        const rpm = between(minRpm, maxRpm, at);
        expect(Math.abs(rpmForFlow(curve, flowMlPerMin(curve, rpm)) / rpm - 1)).toBeLessThan(1e-6);
      }),
    );
  });

  it('gives a speed, and the flow for that speed again', () => {
    fc.assert(
      fc.property(curves, share, (curve, at) => {
        const { minMlPerMin, maxMlPerMin } = calibratedRange(curve);
        const flow = between(minMlPerMin, maxMlPerMin, at);
        expect(Math.abs(flowMlPerMin(curve, rpmForFlow(curve, flow)) / flow - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  it('gives both ends exactly', () => {
    expect(rpmForFlow(HEAD, 1.83)).toBe(10);
    expect(rpmForFlow(HEAD, 52)).toBe(300);
  });

  it('rises with speed', () => {
    fc.assert(
      fc.property(curves, share, share, (curve, a, b) => {
        const { minRpm, maxRpm } = calibratedRange(curve);
        const [slow, fast] = [Math.min(a, b), Math.max(a, b)].map((at) => between(minRpm, maxRpm, at));
        expect(flowMlPerMin(curve, fast ?? maxRpm)).toBeGreaterThanOrEqual(
          flowMlPerMin(curve, slow ?? minRpm) * (1 - 1e-12),
        );
      }),
    );
  });

  it('states volume per revolution as flow over speed', () => {
    expect(mlPerRev(HEAD, 50)).toBeCloseTo(9.02 / 50, 12);
    expect(mlPerRev(HEAD, 100)).toBeCloseTo(flowMlPerMin(HEAD, 100) / 100, 12);
  });

  it('does not extrapolate', () => {
    for (const rpm of [9.99, 300.1, 0, -1, Number.NaN]) expect(() => flowMlPerMin(HEAD, rpm)).toThrow(AssertionError);
    for (const flow of [1.8, 52.1, Number.POSITIVE_INFINITY])
      expect(() => rpmForFlow(HEAD, flow)).toThrow(AssertionError);
  });

  it('knows exactly one speed when it has one point', () => {
    const single: CalibrationCurve = { errorPct: 5.6, points: [{ rpm: 100, mlPerMin: 18 }] };
    expect(calibratedRange(single)).toEqual({ minRpm: 100, maxRpm: 100, minMlPerMin: 18, maxMlPerMin: 18 });
    expect(flowMlPerMin(single, 100)).toBe(18);
    expect(rpmForFlow(single, 18)).toBe(100);
    expect(() => flowMlPerMin(single, 101)).toThrow('101 rpm lies outside the calibrated 100 to 100 rpm');
  });
});
