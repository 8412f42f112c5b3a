import { assert } from '../errors/perista-error.ts';
import { formatNumber } from '../units/quantity.ts';
import type { CalibrationCurve, CurvePoint } from './calibration-curve.ts';
import { ASSUMED_DEVIATION, errorBand, mean, pooledDeviation, smoothingError } from './error-band.ts';
import { isotonicRegression } from './isotonic.ts';
import { findOutliers } from './outliers.ts';
import { smallestAccurateMl } from './smallest-dose.ts';

/** One measured run of a pump at a steady mean speed. */
export interface CalibrationRun {
  readonly rpm: number;
  readonly revolutions: number;
  /** What a scale or cylinder showed, ml. */
  readonly measuredMl: number;
}

/** What the runs at one speed have shown. */
export interface SpeedSummary {
  readonly rpm: number;
  /** Runs that count. */
  readonly runs: number;
  /** Their mean, ml. */
  readonly mlPerRev: number;
  /** Standard deviation of a single run about that mean, %; null without repeats. */
  readonly repeatabilityPct: number | null;
  /** What the curve says beside the mean, %: it is moved only where flow seemed to fall. */
  readonly residualPct: number;
}

export type CalibrationFit =
  | {
      readonly kind: 'fitted';
      readonly curve: CalibrationCurve;
      /** Standard deviation of a single run, %; 0 if no speed was measured twice. */
      readonly repeatabilityPct: number;
      /** Indexes of the runs that were left out because they disagree with their repeats. */
      readonly outliers: readonly number[];
      /** Slowest first. */
      readonly speeds: readonly SpeedSummary[];
      /** The smallest dose of which 19 of 20 lie within ± 5 %, ml; null if the band alone is wider. */
      readonly smallestAccurateMl: number | null;
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
  const band = errorBand(repeats, measured, points);
  return {
    kind: 'fitted',
    curve: { points, errorPct: Math.ceil(band * 1000) / 10 },
    repeatabilityPct: deviation * 100,
    outliers,
    speeds: speeds.map(({ rpm, mlPerRev }, index) => ({
      rpm,
      runs: mlPerRev.length,
      mlPerRev: mean(mlPerRev),
      repeatabilityPct: percentOrNull(pooledDeviation([mlPerRev])),
      residualPct: ((points[index]?.mlPerMin ?? 0) / (mean(mlPerRev) * rpm) - 1) * 100,
    })),
    smallestAccurateMl: smallestAccurateMl({ band, ...fixedErrors(speeds) }),
  };
}

/** Errors of the runs in ml rather than in shares: what of them is the same however large a dose is. */
function fixedErrors(speeds: readonly Speed[]): { mlPerRev: number; scatterMl: number } {
  const mlPerRev = Math.max(...speeds.map((speed) => mean(speed.mlPerRev)));
  const repeated = speeds.filter((speed) => speed.mlPerRev.length > 1);
  const freedom = repeated.reduce((sum, speed) => sum + speed.mlPerRev.length - 1, 0);
  const all = speeds.flatMap(({ mlPerRev: values, revolutions }) =>
    values.map((value, index) => ({ value, about: mean(values), turns: revolutions[index] ?? 0 })),
  );
  if (freedom === 0) {
    const largest = Math.max(...all.map(({ value, turns }) => value * turns));
    return { mlPerRev, scatterMl: ASSUMED_DEVIATION * largest };
  }
  const squares = all.reduce((sum, { value, about, turns }) => sum + ((value - about) * turns) ** 2, 0);
  return { mlPerRev, scatterMl: Math.sqrt(squares / freedom) };
}

const percentOrNull = (share: number | null): number | null => (share === null ? null : share * 100);

interface Speed {
  readonly rpm: number;
  /** Of the runs that count. */
  readonly mlPerRev: number[];
  /** Of the same runs. */
  readonly revolutions: number[];
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
      revolutions: good.map(({ run }) => run.revolutions),
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
