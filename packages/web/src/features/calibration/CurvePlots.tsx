import type { CalibrationCurve } from '@perista/protocol/api';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type uPlot from 'uplot';
import { Plot, type PlotOptions } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { type Format, useFormat } from '../../format/format.ts';
import { type PlottedRun, residualData, turnData } from './curve-data.ts';

interface CurvePlotsProps {
  readonly curve: CalibrationCurve;
  readonly runs: readonly PlottedRun[];
  readonly other: CalibrationCurve | null;
}

const ROOM = 0.03;

/** What a turn gives over speed with its band, and beneath it how far each run lies beside the curve. */
export function CurvePlots({ curve, runs, other }: CurvePlotsProps) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  // Each answer brings new copies; a plot is drawn anew only for what says something else.
  const text = JSON.stringify({ curve, runs, other });
  const { turns, residuals } = useMemo(() => {
    const stable = JSON.parse(text) as CurvePlotsProps;
    return {
      turns: turnData(stable.curve, stable.runs, stable.other),
      residuals: residualData(stable.curve, stable.runs),
    };
  }, [text]);
  const turnOptions = useCallback((paint: Paint) => optionsOfTurns(paint, format), [format]);
  const residualOptions = useCallback((paint: Paint) => optionsOfResiduals(paint, format), [format]);
  return (
    <>
      <Plot label={t('calibrate:curve.label')} data={turns} options={turnOptions} height={240} />
      {runs.length > 0 && (
        <Plot label={t('calibrate:curve.residuals')} data={residuals} options={residualOptions} height={150} />
      )}
    </>
  );
}

const axisOf = (paint: Paint) => ({
  stroke: paint['ink-soft'],
  grid: { stroke: paint.line, width: 1 },
  ticks: { show: false },
});

const speedAxis = (paint: Paint, format: Format): uPlot.Axis => ({
  ...axisOf(paint),
  size: 32,
  space: 70,
  values: (_plot, splits) => splits.map((rpm) => `${format.number(rpm)} rpm`),
});

const speeds: uPlot.Scale = { time: false, range: (_plot, _min, max) => [0, max * 1.05] };

const dots = (colour: string, paint: Paint): uPlot.Series => ({
  stroke: 'transparent',
  points: { show: true, size: 8, fill: colour, stroke: paint.card },
});

/** Between the series of that number, its upper edge, and the next. */
const bandOf = (upper: number, paint: Paint): uPlot.Band => ({
  series: [upper, upper + 1],
  fill: `color-mix(in srgb, ${paint.liquid} 30%, transparent)`,
});

function optionsOfTurns(paint: Paint, format: Format): PlotOptions {
  const edge: uPlot.Series = { stroke: 'transparent', points: { show: false }, spanGaps: true };
  return {
    cursor: { drag: { x: false, y: false } },
    scales: { x: speeds, y: { range: (_plot, min, max) => [min * (1 - ROOM), max * (1 + ROOM)] } },
    axes: [
      speedAxis(paint, format),
      { ...axisOf(paint), size: 84, values: (_plot, splits) => splits.map((ml) => `${format.number(ml, 4)} ml`) },
    ],
    series: [
      {},
      { stroke: paint.accent, width: 2, points: { show: false }, spanGaps: true },
      edge,
      edge,
      dots(paint.accent, paint),
      dots(paint.danger, paint),
      { stroke: paint.warn, width: 2, dash: [6, 4], points: { show: false }, spanGaps: true },
    ],
    bands: [bandOf(2, paint)],
  };
}

function optionsOfResiduals(paint: Paint, format: Format): PlotOptions {
  const edge: uPlot.Series = { stroke: 'transparent', points: { show: false } };
  return {
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: speeds,
      y: {
        range: (_plot, min, max) => {
          const reach = Math.max(Math.abs(min), Math.abs(max)) * (1 + ROOM);
          return [-reach, reach];
        },
      },
    },
    axes: [
      speedAxis(paint, format),
      {
        ...axisOf(paint),
        size: 84,
        space: 24,
        values: (_plot, splits) => splits.map((pct) => `${format.number(pct, 1)} %`),
      },
    ],
    series: [{}, dots(paint.accent, paint), dots(paint.danger, paint), edge, edge],
    bands: [bandOf(3, paint)],
  };
}
