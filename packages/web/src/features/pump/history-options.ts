import uPlot from 'uplot';
import type { PlotOptions } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { drawMark } from '../../design/plot-mark.ts';
import type { Format } from '../../format/format.ts';

/** Without a dose the axis still has a height, ml. */
const LEAST_SCALE_ML = 1;
/** The cap is drawn once the bars come near it; further away it would press them flat. */
const CAP_SHOWN_FROM = 0.5;
const HEADROOM = 1.12;

/** Bars per day. A range that is not exactly known shows as a pale top. */
export function historyOptions(paint: Paint, labels: readonly string[], capMl: number, format: Format): PlotOptions {
  const bars = uPlot.paths.bars?.({ size: [0.7, 48], radius: 0.15 });
  const axis = { stroke: paint['ink-soft'], grid: { stroke: paint.line, width: 1 }, ticks: { show: false } };
  return {
    cursor: { points: { show: false }, drag: { x: false, y: false }, y: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => [min - 0.6, max + 0.6] },
      y: {
        range: (_plot, _min, max) => {
          const top = Math.max(max, LEAST_SCALE_ML);
          return [0, (top > capMl * CAP_SHOWN_FROM ? Math.max(top, capMl) : top) * HEADROOM];
        },
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        space: 64,
        incrs: [1, 2, 5, 7, 10, 14, 30, 60, 90],
        values: (_plot, splits) => splits.map((index) => labels[index] ?? ''),
      },
      { ...axis, size: 64, values: (_plot, splits) => splits.map((ml) => `${format.number(ml)} ml`) },
    ],
    series: [
      {},
      {
        fill: `color-mix(in srgb, ${paint.liquid} 35%, transparent)`,
        stroke: paint.liquid,
        width: 1,
        ...withPaths(bars),
      },
      { fill: paint.liquid, stroke: paint['liquid-deep'], width: 1, ...withPaths(bars) },
      { stroke: paint.ink, width: 2, dash: [4, 3], points: { show: false } },
    ],
    plugins: [{ hooks: { draw: [(plot) => drawCap(plot, capMl, paint.danger)] } }],
  };
}

const withPaths = (paths: uPlot.Series.PathBuilder | undefined) => ({
  points: { show: false },
  ...(paths !== undefined && { paths }),
});

function drawCap(plot: uPlot, capMl: number, colour: string): void {
  if (capMl <= (plot.scales.y?.max ?? 0)) drawMark(plot, capMl, colour);
}
