// Proves that plots of a calibration show its curve, its band, each run where it lies, and no curve where none was measured.
import type { CalibrationCurve } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { residualData, turnData } from './curve-data.ts';

const curve = (points: [number, number][], error_pct = 2): CalibrationCurve => ({
  error_pct,
  points: points.map(([rpm, ml_per_min]) => ({ rpm, ml_per_min })),
  speeds: [],
  repeatability_pct: 0.5,
  smallest_accurate_ml: null,
});

const CURVE = curve([
  [10, 1.8],
  [100, 17],
]);
const run = (rpm: number, mlPerRev: number, outlier = false) => ({ rpm, mlPerRev, outlier });

describe('turnData', () => {
  it('rises in speed, and has the band around the curve', () => {
    const [rpms = [], values = [], high = [], low = []] = turnData(CURVE, [run(100, 0.17), run(10, 0.18)], null);
    expect([...rpms]).toEqual([...rpms].sort((a, b) => Number(a) - Number(b)));
    const at = rpms.indexOf(10);
    expect(values[at]).toBeCloseTo(0.18, 9);
    expect(high[at]).toBeCloseTo(0.18 * 1.02, 9);
    expect(low[at]).toBeCloseTo(0.18 * 0.98, 9);
  });

  it('shows each repeat, outliers apart', () => {
    const data = turnData(CURVE, [run(50, 0.171), run(50, 0.172), run(50, 0.173), run(50, 0.3, true)], null);
    const shown = (column: number) => (data[column] ?? []).filter((value) => value !== null);
    expect(shown(4)).toEqual([0.171, 0.172, 0.173]);
    expect(shown(5)).toEqual([0.3]);
    const isRun = (_: unknown, row: number) => (data[4]?.[row] ?? data[5]?.[row]) != null;
    expect(new Set([...data[0]].filter(isRun)).size).toBe(4);
  });

  it('shows another curve only where that was measured', () => {
    const other = curve([
      [50, 9],
      [60, 10.8],
    ]);
    const [rpms = [], , , , , , compared = []] = turnData(CURVE, [], other);
    for (const [index, rpm] of rpms.entries()) {
      const isMeasured = Number(rpm) >= 50 && Number(rpm) <= 60;
      expect(compared[index] !== null).toBe(isMeasured);
    }
  });
});

describe('residualData', () => {
  it('tells how far each run lies beside the curve', () => {
    const [rpms = [], counted = [], left = [], high = [], low = []] = residualData(CURVE, [
      run(10, 0.18 * 1.01),
      run(100, 0.17 * 0.5, true),
    ]);
    expect(counted.filter((value) => value !== null)).toEqual([expect.closeTo(1, 6)]);
    expect(left.filter((value) => value !== null)).toEqual([expect.closeTo(-50, 6)]);
    expect([rpms.at(0), rpms.at(-1)]).toEqual([expect.closeTo(10, 0), expect.closeTo(100, 0)]);
    expect([new Set(high), new Set(low)]).toEqual([new Set([2]), new Set([-2])]);
  });
});
