import { type CalibrationCurve as CoreCurve, calibratedRange, mlPerRev } from '@perista/core';
import type { CalibrationCurve } from '@perista/protocol/api';
import type uPlot from 'uplot';

/** A run as a plot shows it. */
export interface PlottedRun {
  readonly rpm: number;
  readonly mlPerRev: number;
  readonly outlier: boolean;
}

/** Finer where it is slow: there a turn changes most. */
const STEPS = 60;
/** Repeats of one speed are drawn this share beside each other, or one would hide the next. */
const APART = 0.004;

type Column = (number | null)[];

/** Speeds; ml a turn of the curve, its upper and lower bound, runs that count, outliers, and another curve. */
export function turnData(
  curve: CalibrationCurve,
  runs: readonly PlottedRun[],
  other: CalibrationCurve | null,
): uPlot.AlignedData {
  const core = coreCurve(curve);
  const { minRpm, maxRpm } = calibratedRange(core);
  const grid = Array.from({ length: STEPS + 1 }, (_, step) => minRpm + (maxRpm - minRpm) * (step / STEPS) ** 2);
  const rows = [...grid.map((rpm) => ({ rpm, run: null })), ...spread(runs)].sort((a, b) => a.rpm - b.rpm);
  const share = curve.error_pct / 100;
  const values = rows.map(({ rpm }) => perTurn(core, rpm));
  const otherCore = other === null ? null : coreCurve(other);
  const runColumn = (outlier: boolean): Column =>
    rows.map(({ run }) => (run?.outlier === outlier ? run.mlPerRev : null));
  return [
    rows.map(({ rpm }) => rpm),
    values,
    values.map((value) => (value === null ? null : value * (1 + share))),
    values.map((value) => (value === null ? null : value * (1 - share))),
    runColumn(false),
    runColumn(true),
    rows.map(({ rpm }) => (otherCore === null ? null : perTurn(otherCore, rpm))),
  ];
}

/** Speeds, to both ends of the curve; how far runs that count, and outliers, lie beside it, and its band, %. */
export function residualData(curve: CalibrationCurve, runs: readonly PlottedRun[]): uPlot.AlignedData {
  const core = coreCurve(curve);
  const { minRpm, maxRpm } = calibratedRange(core);
  const ends = [minRpm, maxRpm].map((rpm) => ({ rpm, run: null }));
  const rows = [...ends, ...spread(runs)].sort((a, b) => a.rpm - b.rpm);
  const column = (outlier: boolean): Column =>
    rows.map(({ run }) => (run?.outlier === outlier ? residualPct(core, run) : null));
  const { error_pct } = curve;
  return [
    rows.map(({ rpm }) => rpm),
    column(false),
    column(true),
    rows.map(() => error_pct),
    rows.map(() => -error_pct),
  ];
}

/** ml a turn at a speed; null where it was not measured. */
export function perTurn(curve: CoreCurve, rpm: number): number | null {
  const { minRpm, maxRpm } = calibratedRange(curve);
  return rpm < minRpm || rpm > maxRpm ? null : mlPerRev(curve, rpm);
}

export const coreCurve = ({ points, error_pct }: CalibrationCurve): CoreCurve => ({
  points: points.map(({ rpm, ml_per_min }) => ({ rpm, mlPerMin: ml_per_min })),
  errorPct: error_pct,
});

function residualPct(curve: CoreCurve, run: PlottedRun): number | null {
  const { minRpm, maxRpm } = calibratedRange(curve);
  return (run.mlPerRev / mlPerRev(curve, Math.min(maxRpm, Math.max(minRpm, run.rpm))) - 1) * 100;
}

function spread(runs: readonly PlottedRun[]): { rpm: number; run: PlottedRun }[] {
  const seen = new Map<number, number>();
  return runs.map((run) => {
    const place = seen.get(run.rpm) ?? 0;
    seen.set(run.rpm, place + 1);
    return { rpm: run.rpm * (1 + APART * (place - 1)), run };
  });
}
