import type uPlot from 'uplot';
import type { PlotOptions } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import type { Format } from '../../format/format.ts';
import type { Trend } from './trend-data.ts';

const HATCH_PX = 8;

interface TrendLook {
  readonly paint: Paint;
  readonly format: Format;
  readonly span: readonly [fromS: number, toS: number];
}

/** Rate on the left axis, delivered volume on the right one; gaps are hatched, alarms and orders are lines across. */
export function trendOptions({ gaps, marks }: Pick<Trend, 'gaps' | 'marks'>, look: TrendLook): PlotOptions {
  const { paint, format, span } = look;
  const axis = { stroke: paint['ink-soft'], grid: { stroke: paint.line, width: 1 }, ticks: { show: false } };
  const isDays = span[1] - span[0] > 86_400;
  return {
    cursor: { points: { show: false }, drag: { x: false, y: false }, y: false },
    scales: {
      x: { time: true, range: () => [span[0], span[1]] },
      rate: { range: (_plot, _least, most) => [0, Math.max(most ?? 0, 0.001) * 1.1] },
      ml: { range: (_plot, _least, most) => [0, Math.max(most ?? 0, 0.001) * 1.1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        space: 72,
        values: (_plot, splits) =>
          splits.map((s) => (isDays ? format.day : format.time)(new Date(s * 1000).toISOString())),
      },
      { ...axis, scale: 'rate', size: 64, values: (_plot, splits) => splits.map((value) => format.number(value)) },
      {
        ...axis,
        scale: 'ml',
        side: 1,
        size: 64,
        grid: { show: false },
        values: (_plot, splits) => splits.map((value) => format.number(value)),
      },
    ],
    series: [
      {},
      { scale: 'rate', stroke: paint['liquid-deep'], width: 2, points: { show: false } },
      { scale: 'ml', stroke: paint.ink, width: 2, dash: [4, 3], points: { show: false } },
    ],
    plugins: [
      {
        hooks: {
          draw: [
            (plot) => {
              for (const gap of gaps) hatch(plot, gap, paint);
              for (const { atS, kind } of marks) line(plot, atS, kind === 'alarm' ? paint.danger : paint.accent);
            },
          ],
        },
      },
    ],
  };
}

function hatch(plot: uPlot, [fromS, toS]: readonly [number, number], paint: Paint): void {
  const { ctx, bbox } = plot;
  const left = Math.max(plot.valToPos(fromS, 'x', true), bbox.left);
  const right = Math.min(plot.valToPos(toS, 'x', true), bbox.left + bbox.width);
  if (right <= left) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  ctx.strokeStyle = paint['ink-soft'];
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let x = left - bbox.height; x < right; x += HATCH_PX) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}

function line(plot: uPlot, atS: number, colour: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(atS, 'x', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
