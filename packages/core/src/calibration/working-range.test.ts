// Proves which speeds and rates a calibrated pump is said to have: those that were measured, with room to catch up.
import { describe, expect, it } from 'vitest';
import { rpmOfCode } from '../units/stepper-speed.ts';
import { type CalibrationCurve, mlPerRev, rpmForFlow } from './calibration-curve.ts';
import { CATCH_UP_FACTOR, type CalibratedStepper, ceilingCode, turningSpeed, workingRange } from './working-range.ts';

const GEOMETRY = { microstep: 64, stepsPerRev: 200, maxRpm: 400, address: 0xe0 };
const CURVE: CalibrationCurve = {
  points: [
    { rpm: 20, mlPerMin: 3.7 },
    { rpm: 100, mlPerMin: 18 },
    { rpm: 280, mlPerMin: 46 },
  ],
  errorPct: 2,
};
const PUMP: CalibratedStepper = { geometry: GEOMETRY, curve: CURVE, maxRateMlPerMin: 1000 };
const rangeOf = (pump: CalibratedStepper) => {
  const range = workingRange(pump);
  if (range === null) throw new Error('the pump has a range');
  return range;
};

describe('workingRange', () => {
  it('takes the codes within the measured speeds and a fiftieth around them', () => {
    const { minCode, maxCode } = rangeOf(PUMP);
    expect(rpmOfCode(minCode, GEOMETRY)).toBeGreaterThanOrEqual(20 * 0.98);
    expect(rpmOfCode(minCode - 1, GEOMETRY)).toBeLessThan(20 * 0.98);
    expect(rpmOfCode(maxCode, GEOMETRY)).toBeLessThanOrEqual(280 * 1.02);
    expect(rpmOfCode(maxCode + 1, GEOMETRY)).toBeGreaterThan(280 * 1.02);
  });

  it('takes the code that turns exactly at the largest rpm, and none above', () => {
    const maxRpm = rpmOfCode(50, GEOMETRY);
    expect(rangeOf({ ...PUMP, geometry: { ...GEOMETRY, maxRpm } }).maxCode).toBe(50);
    expect(rangeOf({ ...PUMP, geometry: { ...GEOMETRY, maxRpm: maxRpm * 0.999 } }).maxCode).toBe(49);
  });

  it('promises rates that leave room to catch up, and bursts down to a hundredth of the slowest speed', () => {
    const { minCode, maxCode, ...rates } = rangeOf(PUMP);
    // The highest code is 1.3 % over the fastest measured speed, which stands for it.
    const fastest = (rpmOfCode(maxCode, GEOMETRY) * mlPerRev(CURVE, 280)) / CATCH_UP_FACTOR;
    const slowestRpm = rpmOfCode(minCode, GEOMETRY);
    expect(rates.fastestMlPerMin).toBeCloseTo(fastest, 9);
    expect(rates.comfortableMlPerMin).toBeCloseTo(fastest / 2, 9);
    expect(rates.slowestMlPerMin).toBeCloseTo(0.01 * slowestRpm * mlPerRev(CURVE, slowestRpm), 9);
    expect(rangeOf({ ...PUMP, maxRateMlPerMin: 2 })).toMatchObject({ fastestMlPerMin: 2, slowestMlPerMin: 0.02 });
  });

  it('of a single measured speed is made of bursts at it', () => {
    const curve = { points: [{ rpm: 100, mlPerMin: 18 }], errorPct: 5.6 };
    const { maxCode, fastestMlPerMin } = rangeOf({ ...PUMP, curve });
    expect(fastestMlPerMin).toBeCloseTo((rpmOfCode(maxCode, GEOMETRY) / CATCH_UP_FACTOR) * 0.18, 9);
  });
});

describe('turningSpeed', () => {
  it('is above the mean by what chunks cost where it was measured, and bursts with pauses below', () => {
    const range = rangeOf(PUMP);
    const factor = 820 / 700;
    const rpm = rpmForFlow(CURVE, 18 * factor);
    expect(turningSpeed(PUMP, range, 18)).toEqual({
      rpm: expect.closeTo(rpm, 6),
      mlPerRev: expect.closeTo(mlPerRev(CURVE, rpm), 9),
      meanRpm: expect.closeTo(18 / mlPerRev(CURVE, rpm), 6),
      isSteady: true,
    });
    const burst = rpmOfCode(range.minCode, GEOMETRY);
    const rate = burst * mlPerRev(CURVE, burst);
    expect(turningSpeed(PUMP, range, rate / 4)).toMatchObject({
      rpm: burst,
      meanRpm: expect.closeTo(burst / 4, 9),
      isSteady: false,
    });
  });

  it('never leaves the measured speeds, however short the dose', () => {
    const range = rangeOf(PUMP);
    expect(turningSpeed(PUMP, range, range.fastestMlPerMin, 300).rpm).toBeLessThanOrEqual(280);
    expect(turningSpeed(PUMP, range, range.fastestMlPerMin, 100).rpm).toBeLessThanOrEqual(280);
    expect(turningSpeed(PUMP, range, 1000).rpm).toBe(280);
  });
});

describe('ceilingCode', () => {
  it('is three tenths over what the mean speed needs, exactly there where that is a code, within the range', () => {
    const range = rangeOf(PUMP);
    expect(ceilingCode(GEOMETRY, range, rpmOfCode(40, GEOMETRY))).toBe(52);
    expect(ceilingCode(GEOMETRY, range, rpmOfCode(41, GEOMETRY))).toBe(54);
    expect(ceilingCode(GEOMETRY, range, 1)).toBe(range.minCode);
    expect(ceilingCode(GEOMETRY, range, 1000)).toBe(range.maxCode);
  });
});
