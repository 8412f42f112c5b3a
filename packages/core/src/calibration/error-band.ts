import type { CurvePoint } from './calibration-curve.ts';
import { pchip } from './pchip.ts';

/** Relative scatter of repeats that is assumed while nothing was measured twice. */
export const ASSUMED_DEVIATION = 0.02;

/** No band is stated below this: scales and hanging drops are not better. */
const LEAST_BAND = 0.005;

/** Two-sided 95 % factors of Student's t for 1, 2, … degrees of freedom. */
const T_FACTORS = [12.71, 4.31, 3.19, 2.78, 2.58, 2.45, 2.37, 2.31, 2.27, 2.23];

/** Repeats of one speed, ml/rev each. */
export type Repeats = readonly number[];

/** Relative standard deviation of one run about the mean of its speed, pooled over speeds; null without repeats. */
export function pooledDeviation(speeds: readonly Repeats[]): number | null {
  const freedom = degreesOfFreedom(speeds);
  if (freedom === 0) return null;
  const squares = speeds.flatMap((repeats) => repeats.map((value) => (value / mean(repeats) - 1) ** 2));
  return Math.sqrt(sum(squares) / freedom);
}

/**
 * Band in which 19 of 20 doses lie, as a share of their volume: scatter of a single dose and of the measured means,
 * widened where few repeats make it uncertain, and what the curve may miss between points and by smoothing.
 */
export function errorBand(
  speeds: readonly Repeats[],
  measured: readonly CurvePoint[],
  curve: readonly CurvePoint[],
): number {
  const freedom = degreesOfFreedom(speeds);
  const deviation = pooledDeviation(speeds) ?? ASSUMED_DEVIATION;
  const fewestRepeats = Math.min(...speeds.map((repeats) => repeats.length));
  const scatter =
    tFactor(freedom === 0 ? Number.POSITIVE_INFINITY : freedom) * deviation * Math.sqrt(1 + 1 / fewestRepeats);
  return Math.max(LEAST_BAND, Math.hypot(scatter, interpolationError(curve), smoothingError(measured, curve)));
}

/**
 * Half of the largest error that the curve would make at a measured point if that point were missing. Its neighbours
 * are twice as far apart then, so this errs on the wide side. Two points say only that ml/rev lies between theirs.
 */
function interpolationError(curve: readonly CurvePoint[]): number {
  const [first, second] = curve;
  if (first !== undefined && second !== undefined && curve.length === 2) {
    const [a, b] = [first.mlPerMin / first.rpm, second.mlPerMin / second.rpm];
    return Math.abs(a - b) / Math.min(a, b);
  }
  const misses = curve.slice(1, -1).map((point) => {
    const others = curve.filter((other) => other !== point);
    const guess = pchip(
      others.map((other) => other.rpm),
      others.map((other) => other.mlPerMin),
    );
    return Math.abs(guess(point.rpm) / point.mlPerMin - 1);
  });
  return Math.max(0, ...misses) / 2;
}

/** The largest share by which the curve leaves a measured mean. */
export function smoothingError(measured: readonly CurvePoint[], curve: readonly CurvePoint[]): number {
  return Math.max(...measured.map((point, index) => Math.abs((curve[index]?.mlPerMin ?? 0) / point.mlPerMin - 1)));
}

function tFactor(freedom: number): number {
  // Beyond the table a hyperbola towards the normal distribution's 1.96, never below the true factor.
  return T_FACTORS[freedom - 1] ?? 1.96 + 2.7 / freedom;
}

const degreesOfFreedom = (speeds: readonly Repeats[]) => sum(speeds.map((repeats) => repeats.length - 1));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Arithmetic mean of at least one value. */
/** Taken from the first value on, so that equal values have exactly their own mean. */
export const mean = (values: readonly number[]) => {
  const origin = values[0] ?? 0;
  return origin + sum(values.map((value) => value - origin)) / values.length;
};
