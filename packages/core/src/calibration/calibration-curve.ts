import { assert } from '../errors/perista-error.ts';
import { ROUNDING } from '../units/rounding.ts';
import { pchip } from './pchip.ts';

/** A measured speed: what a pump gives when its shaft turns at `rpm`. */
export interface CurvePoint {
  readonly rpm: number;
  readonly mlPerMin: number;
}

/**
 * Flow over shaft speed of one pump with one tube. Plain JSON data, stored as it is.
 * Only speeds between the first and the last point are known; nothing is ever extrapolated.
 */
export interface CalibrationCurve {
  /** Ascending in rpm, strictly ascending in flow; at least one. */
  readonly points: readonly CurvePoint[];
  /** A dose is within ± this many percent of its volume, 19 times in 20. */
  readonly errorPct: number;
}

export interface CalibratedRange {
  readonly minRpm: number;
  readonly maxRpm: number;
  readonly minMlPerMin: number;
  readonly maxMlPerMin: number;
}

/** The measured range; for a single point both ends are the same. */
export function calibratedRange(curve: CalibrationCurve): CalibratedRange {
  const first = curve.points[0];
  const last = curve.points.at(-1);
  assert(first !== undefined && last !== undefined, 'a calibration curve has a point');
  return { minRpm: first.rpm, maxRpm: last.rpm, minMlPerMin: first.mlPerMin, maxMlPerMin: last.mlPerMin };
}

/** Flow at a speed inside the measured range, ml/min. */
export function flowMlPerMin(curve: CalibrationCurve, rpm: number): number {
  const { minRpm, maxRpm } = calibratedRange(curve);
  return flowFunction(curve)(within(rpm, minRpm, maxRpm, 'rpm'));
}

/** Volume of one revolution at a speed inside the measured range, ml. */
export function mlPerRev(curve: CalibrationCurve, rpm: number): number {
  return flowMlPerMin(curve, rpm) / rpm;
}

/** The speed that gives a flow inside the measured range, rpm; inverse of {@link flowMlPerMin} to the last bit. */
export function rpmForFlow(curve: CalibrationCurve, mlPerMin: number): number {
  const { minRpm, maxRpm, minMlPerMin, maxMlPerMin } = calibratedRange(curve);
  const wanted = within(mlPerMin, minMlPerMin, maxMlPerMin, 'ml/min');
  const flowAt = flowFunction(curve);
  let [slower, faster] = [minRpm, maxRpm];
  for (;;) {
    const middle = slower + (faster - slower) / 2;
    // Halving ends when no number lies between the two: after about 60 turns.
    if (middle <= slower || middle >= faster) return flowAt(faster) <= wanted ? faster : slower;
    if (flowAt(middle) <= wanted) slower = middle;
    else faster = middle;
  }
}

function flowFunction(curve: CalibrationCurve): (rpm: number) => number {
  return pchip(
    curve.points.map((point) => point.rpm),
    curve.points.map((point) => point.mlPerMin),
  );
}

function within(value: number, min: number, max: number, unit: string): number {
  assert(
    value >= min * (1 - ROUNDING) && value <= max * (1 + ROUNDING),
    `${value} ${unit} lies outside the calibrated ${min} to ${max} ${unit}`,
  );
  return Math.min(max, Math.max(min, value));
}
