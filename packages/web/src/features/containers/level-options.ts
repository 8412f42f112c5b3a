import type { Container } from '@perista/protocol/api';
import uPlot from 'uplot';
import type { PlotOptions } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { drawMark } from '../../design/plot-mark.ts';
import type { Format } from '../../format/format.ts';

type Marks = Pick<Container, 'capacity_ml' | 'low_ml' | 'empty_ml'>;

/** Levels step down with each dose; the marks are lines across. */
export function levelOptions(paint: Paint, marks: Marks, format: Format): PlotOptions {
  const steps = uPlot.paths.stepped?.({ align: 1 });
  const withSteps = { points: { show: false }, ...(steps !== undefined && { paths: steps }) };
  const axis = { stroke: paint['ink-soft'], grid: { stroke: paint.line, width: 1 }, ticks: { show: false } };
  return {
    cursor: { points: { show: false }, drag: { x: false, y: false }, y: false },
    scales: { x: { time: true }, y: { range: () => [0, marks.capacity_ml] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        space: 72,
        values: (_plot, splits) => splits.map((s) => format.day(new Date(s * 1000).toISOString())),
      },
      { ...axis, size: 72, values: (_plot, splits) => splits.map((ml) => `${format.number(ml)} ml`) },
    ],
    series: [
      {},
      {
        fill: `color-mix(in srgb, ${paint.liquid} 25%, transparent)`,
        stroke: paint['liquid-deep'],
        width: 2,
        ...withSteps,
      },
      { stroke: paint.ink, width: 2, dash: [4, 3], ...withSteps },
    ],
    plugins: [
      {
        hooks: {
          draw: [
            (plot) => drawLevel(plot, marks.low_ml, paint.warn),
            (plot) => drawLevel(plot, marks.empty_ml, paint.danger),
          ],
        },
      },
    ],
  };
}

function drawLevel(plot: uPlot, ml: number, colour: string): void {
  if (ml > 0) drawMark(plot, ml, colour);
}
