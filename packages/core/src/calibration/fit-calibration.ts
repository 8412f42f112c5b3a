import { assert } from '../errors/perista-error.ts';
import { formatNumber } from '../units/quantity.ts';
import type { CalibrationCurve, CurvePoint } from './calibration-curve.ts';
import { errorBand, mean, pooledDeviation, smoothingError } from './error-band.ts';
import { isotonicRegression } from './isotonic.ts';
import { findOutliers } from './outliers.ts';

/** One measured run of a pump at a steady mean speed. */
export interface CalibrationRun {
  readonly rpm: number;
  readonly revolutions: number;
  /** What a scale or cylinder showed, ml. */
  readonly measuredMl: number;
}

export type CalibrationFit =
  | {
      readonly kind: 'fitted';
      readonly curve: CalibrationCurve;
      /** Standard deviation of a single run, %; 0 if no speed was measured twice. */
      readonly repeatabilityPct: number;
      /** Indexes of the runs that were left out because they disagree with their repeats. */
      readonly outliers: readonly number[];
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'no-runs' | 'scattered' | 'contradictory';
      /** In words, with what to do. */
      readonly detail: string;
    };

/** Runs whose speeds differ by less than this share are repeats of one speed. */
const SAME_SPEED = 0.005;

/** Repeats that scatter more than this are no calibration; a sound pump stays under 2 %. */
const WORST_DEVIATION = 0.1;

/** A measured mean that the rising curve would have to leave by more than this share contradicts the others. */
const WORST_SMOOTHING = 0.05;

/** The curve rises everywhere by at least this share of the smallest ml/rev, so that it can be read both ways. */
const LEAST_RISE = 0.1;

/**
 * Fits flow over speed to measured runs: repeats are averaged after outliers are left out, and flows that fall with
 * speed are evened out, as only noise makes them fall. The curve is known between its slowest and its fastest run.
 */
export function fitCalibration(runs: readonly CalibrationRun[]): CalibrationFit {
  for (const run of runs) assertRun(run);
  const speeds = groupBySpeed(runs);
  if (speeds.length === 0) return { kind: 'refused', reason: 'no-runs', detail: 'There is no measured run yet.' };
  const outliers = speeds.flatMap((speed) => speed.outliers).toSorted((a, b) => a - b);
  const repeats = speeds.map((speed) => speed.mlPerRev);
  const deviation = pooledDeviation(repeats) ?? 0;
  if (deviation > WORST_DEVIATION) {
    return {
      kind: 'refused',
      reason: 'scattered',
      detail: `Runs at the same speed differ by ${percent(deviation)} % (standard deviation); at most ${percent(WORST_DEVIATION)} % can be used. Look for air, a loose tube or a misread scale and measure again.`,
    };
  }
  const measured = speeds.map(({ rpm, mlPerRev }) => ({ rpm, mlPerMin: mean(mlPerRev) * rpm }));
  const points = evenOut(
    measured,
    repeats.map((values) => values.length),
  );
  const moved = smoothingError(measured, points);
  if (moved > WORST_SMOOTHING) {
    return {
      kind: 'refused',
      reason: 'contradictory',
      detail: `Flow has to rise with speed, but ${describeFall(measured)}. Check whether values were swapped and measure these speeds again.`,
    };
  }
  const errorPct = Math.ceil(errorBand(repeats, measured, points) * 1000) / 10;
  return { kind: 'fitted', curve: { points, errorPct }, repeatabilityPct: deviation * 100, outliers };
}

interface Speed {
  readonly rpm: number;
  /** Of the runs that count. */
  readonly mlPerRev: number[];
  readonly outliers: number[];
}

function groupBySpeed(runs: readonly CalibrationRun[]): Speed[] {
  const groups: { run: CalibrationRun; index: number }[][] = [];
  const bySpeed = runs.map((run, index) => ({ run, index })).toSorted((a, b) => a.run.rpm - b.run.rpm);
  for (const entry of bySpeed) {
    const first = groups.at(-1)?.[0];
    if (first !== undefined && entry.run.rpm <= first.run.rpm * (1 + SAME_SPEED)) groups.at(-1)?.push(entry);
    else groups.push([entry]);
  }
  return groups.map((group) => {
    const bad = new Set(findOutliers(group.map(({ run }) => run.measuredMl / run.revolutions)));
    const good = group.filter((_, index) => !bad.has(index));
    return {
      rpm: mean(good.map(({ run }) => run.rpm)),
      mlPerRev: good.map(({ run }) => run.measuredMl / run.revolutions),
      outliers: group.filter((_, index) => bad.has(index)).map(({ index }) => index),
    };
  });
}

/** Isotonic regression on what flow rises above the least slope, so that the sum rises strictly. */
function evenOut(measured: readonly CurvePoint[], weights: readonly number[]): CurvePoint[] {
  const slope = LEAST_RISE * Math.min(...measured.map(({ rpm, mlPerMin }) => mlPerMin / rpm));
  const excess = measured.map(({ rpm, mlPerMin }, index) => ({
    value: mlPerMin - slope * rpm,
    weight: weights[index] ?? 0,
  }));
  const even = isotonicRegression(excess);
  return measured.map((point, index) => {
    const kept = even[index] === excess[index]?.value;
    return kept ? point : { rpm: point.rpm, mlPerMin: (even[index] ?? 0) + slope * point.rpm };
  });
}

function describeFall(measured: readonly CurvePoint[]): string {
  const [slower, faster] =
    measured
      .slice(1)
      .map((point, index) => [measured[index] ?? point, point] as const)
      .toSorted((a, b) => b[0].mlPerMin / b[1].mlPerMin - a[0].mlPerMin / a[1].mlPerMin)[0] ?? [];
  assert(slower !== undefined && faster !== undefined, 'only two points or more can contradict each other');
  const show = (point: CurvePoint) => `${formatNumber(point.mlPerMin)} ml/min at ${formatNumber(point.rpm)} rpm`;
  return `${show(slower)} is followed by ${show(faster)}`;
}

const percent = (share: number) => formatNumber(share * 100, 1);

function assertRun(run: CalibrationRun): void {
  for (const [name, value] of Object.entries(run)) {
    assert(Number.isFinite(value) && value > 0, `${name} of a calibration run is a positive number, not ${value}`);
  }
}
