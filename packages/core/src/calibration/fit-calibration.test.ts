// Proves that measured runs become a rising curve with an error band that holds, or a refusal that says what is wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../errors/perista-error.ts';
import { type Random, seededRandom } from '../ports/random.ts';
import { type CalibrationCurve, calibratedRange, flowMlPerMin } from './calibration-curve.ts';
import { type CalibrationRun, fitCalibration } from './fit-calibration.ts';

const run = (rpm: number, mlPerRev: number, revolutions = 100): CalibrationRun => ({
  rpm,
  revolutions,
  measuredMl: mlPerRev * revolutions,
});

function fitted(runs: readonly CalibrationRun[]) {
  const fit = fitCalibration(runs);
  if (fit.kind === 'refused') throw new Error(fit.detail);
  return fit;
}

/** Normal noise (Box–Muller). */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());

describe('fitCalibration', () => {
  it('averages repeats into flow over speed', () => {
    const { curve, repeatabilityPct, outliers } = fitted([run(200, 0.17), run(100, 0.18), run(100, 0.182)]);
    expect(curve.points).toEqual([
      { rpm: 100, mlPerMin: expect.closeTo(18.1, 9) },
      { rpm: 200, mlPerMin: expect.closeTo(34, 9) },
    ]);
    expect(repeatabilityPct).toBeCloseTo((100 * Math.hypot(0.001, 0.001)) / 0.181, 6);
    expect(outliers).toEqual([]);
  });

  it('keeps a speed as it was entered, however often it was repeated', () => {
    const runs = [15.2, 15.2, 15.2, 60].map((rpm) => ({ rpm, revolutions: 20, measuredMl: 3.6 }));
    const fit = fitCalibration(runs);
    expect(fit.kind === 'fitted' && fit.curve.points[0]?.rpm).toBe(15.2);
  });

  it('takes the rate from revolutions, however long the run was', () => {
    expect(fitted([run(60, 0.2, 10)]).curve.points).toEqual(fitted([run(60, 0.2, 1000)]).curve.points);
  });

  it('names runs that disagree with their repeats and leaves them out', () => {
    const runs = [run(100, 0.18), run(100, 0.36), run(100, 0.181), run(100, 0.179), run(50, 0.182)];
    const fit = fitted(runs);
    expect(fit.outliers).toEqual([1]);
    expect(fit.curve.points.at(-1)).toEqual({ rpm: 100, mlPerMin: expect.closeTo(18, 9) });
  });

  it('names such runs in the order in which they were measured, whatever their speeds', () => {
    const bad = (rpm: number) => [run(rpm, 0.18), run(rpm, 0.36), run(rpm, 0.181), run(rpm, 0.179)];
    expect(fitted([...bad(100), ...bad(50)]).outliers).toEqual([1, 5]);
  });

  it('sums each speed up: runs that count, their mean and scatter, and where the curve leaves them', () => {
    const bad = run(100, 0.36);
    const { speeds } = fitted([run(200, 0.17), run(100, 0.18), run(100, 0.182), run(100, 0.181), bad]);
    expect(speeds).toEqual([
      {
        rpm: 100,
        runs: 3,
        mlPerRev: expect.closeTo(0.181, 9),
        repeatabilityPct: expect.closeTo(0.1 / 0.181, 6),
        residualPct: 0,
      },
      { rpm: 200, runs: 1, mlPerRev: expect.closeTo(0.17, 9), repeatabilityPct: null, residualPct: 0 },
    ]);
    const evened = fitted([run(100, 0.182), run(101, 0.179), run(200, 0.18)]).speeds;
    expect(evened[0]?.residualPct).toBeLessThan(-0.1);
    expect(evened[1]?.residualPct).toBeGreaterThan(0.1);
  });

  it('derives the smallest accurate dose from the scatter of runs in ml, and none from a wide band', () => {
    const turns = (mlPerRev: number, revolutions: number) => run(100, mlPerRev, revolutions);
    const wide = fitted([turns(0.18, 100)]);
    expect(wide.curve.errorPct).toBeGreaterThan(5);
    expect(wide.smallestAccurateMl).toBeNull();
    const close = [0.1798, 0.18, 0.1802];
    const short = fitted(close.map((value) => turns(value, 100))).smallestAccurateMl ?? 0;
    const long = fitted(close.map((value) => turns(value, 1000))).smallestAccurateMl ?? 0;
    expect(short).toBeCloseTo((2 * 0.02) / Math.sqrt(0.05 ** 2 - (4.31 * (0.0002 / 0.18) * Math.sqrt(4 / 3)) ** 2), 6);
    expect(long).toBeCloseTo(10 * short, 6);
  });

  it('compares repeats of different length by what they gave per turn', () => {
    const runs = [10, 100, 1000, 50, 500].map((revolutions) => run(100, 0.18, revolutions));
    expect(fitted(runs).outliers).toEqual([]);
  });

  it('rises strictly and keeps the measured range, whatever the noise', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            rpm: fc.integer({ min: 5, max: 400 }),
            mlPerRev: fc.double({ min: 0.17, max: 0.19, noNaN: true }),
          }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        (speeds) => {
          const fit = fitCalibration(speeds.map(({ rpm, mlPerRev }) => run(rpm, mlPerRev)));
          if (fit.kind === 'refused') return;
          const { points } = fit.curve;
          for (const [index, point] of points.slice(1).entries()) {
            expect(point.rpm).toBeGreaterThan(points[index]?.rpm ?? 0);
            expect(point.mlPerMin).toBeGreaterThan(points[index]?.mlPerMin ?? 0);
          }
          const rpms = speeds.map(({ rpm }) => rpm);
          const { minRpm, maxRpm } = calibratedRange(fit.curve);
          expect(minRpm).toBeLessThan(Math.min(...rpms) * 1.005);
          expect(maxRpm).toBeGreaterThan(Math.max(...rpms) / 1.005);
        },
      ),
    );
  });

  it('evens out a small fall between close speeds', () => {
    const { curve } = fitted([run(100, 0.182), run(101, 0.179), run(200, 0.18)]);
    const [a, b, c] = curve.points.map(({ mlPerMin }) => mlPerMin);
    expect(a).toBeLessThan(b ?? 0);
    expect(b).toBeLessThan(c ?? 0);
    expect(a).toBeCloseTo(18.14, 1);
  });

  it('refuses what contradicts itself, scatters, or is not there, and says what to do', () => {
    expect(fitCalibration([])).toEqual({
      kind: 'refused',
      reason: 'no-runs',
      detail: 'There is no measured run yet.',
    });
    expect(fitCalibration([run(100, 0.18), run(200, 0.085), run(300, 0.03)])).toMatchObject({
      detail: expect.stringContaining('17 ml/min at 200 rpm is followed by 9 ml/min at 300 rpm'),
    });
    expect(fitCalibration([run(100, 0.18), run(200, 0.06)])).toMatchObject({
      kind: 'refused',
      reason: 'contradictory',
      detail: expect.stringContaining('18 ml/min at 100 rpm is followed by 12 ml/min at 200 rpm'),
    });
    expect(fitCalibration([run(100, 0.18), run(100, 0.1)])).toMatchObject({
      kind: 'refused',
      reason: 'scattered',
      detail: expect.stringContaining('differ by 40.4 %'),
    });
  });

  it('takes impossible runs for a bug of its caller', () => {
    expect(() => fitCalibration([run(100, Number.NaN)])).toThrow(AssertionError);
    expect(() => fitCalibration([run(0, 0.18)])).toThrow('rpm of a calibration run is a positive number, not 0');
  });
});

describe('the stated error', () => {
  /** A head that gives 6 % less at 300 rpm than at rest. */
  const trueMlPerRev = (rpm: number) => 0.18 * (1 - 0.06 * (rpm / 300) ** 2);

  function calibrate(random: Random, speeds: readonly number[], repeats: number, deviation: number): CalibrationCurve {
    const runs = speeds.flatMap((rpm) =>
      Array.from({ length: repeats }, () => run(rpm, trueMlPerRev(rpm) * (1 + deviation * normal(random)))),
    );
    return fitted(runs).curve;
  }

  function shareInside(speeds: readonly number[], repeats: number, deviation: number): number {
    const random = seededRandom(7);
    const trials = 400;
    let inside = 0;
    for (let trial = 0; trial < trials; trial++) {
      const curve = calibrate(random, speeds, repeats, deviation);
      const { minRpm, maxRpm } = calibratedRange(curve);
      const rpm = minRpm + random.unit() * (maxRpm - minRpm);
      const given = trueMlPerRev(rpm) * rpm * (1 + deviation * normal(random));
      if (Math.abs(given / flowMlPerMin(curve, rpm) - 1) <= curve.errorPct / 100) inside++;
    }
    return inside / trials;
  }

  it('holds for 19 of 20 doses, with many repeats and with few', () => {
    expect(shareInside([20, 100, 200, 300], 5, 0.01)).toBeGreaterThanOrEqual(0.95);
    expect(shareInside([20, 100, 200, 300], 2, 0.01)).toBeGreaterThanOrEqual(0.95);
    expect(shareInside([20, 300], 3, 0.01)).toBeGreaterThanOrEqual(0.95);
  });

  it('is not so wide that it says nothing', () => {
    const { errorPct } = calibrate(seededRandom(3), [20, 100, 200, 300], 5, 0.01);
    expect(errorPct).toBeGreaterThan(1.5);
    expect(errorPct).toBeLessThan(5);
  });

  it('is wider with fewer repeats of the same scatter', () => {
    const pair = [run(100, 0.179), run(100, 0.181)];
    const two = fitted(pair).curve.errorPct;
    const six = fitted([...pair, ...pair, ...pair]).curve.errorPct;
    expect(two).toBeGreaterThan(3 * six);
  });

  it('is never zero: not with equal repeats, and least of all without any', () => {
    expect(fitted([run(100, 0.18), run(100, 0.18), run(100, 0.18)]).curve.errorPct).toBe(0.5);
    expect(fitted([run(100, 0.18)]).curve.errorPct).toBe(5.6);
  });

  it('counts a bend that the measured speeds barely show', () => {
    const straight = fitted([10, 100, 300].map((rpm) => run(rpm, 0.18))).curve.errorPct;
    const bent = fitted([run(10, 0.18), run(100, 0.2), run(300, 0.16)]).curve.errorPct;
    expect(bent).toBeGreaterThan(straight + 1);
  });
});
