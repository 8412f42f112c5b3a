import type uPlot from 'uplot';

/** A dashed line across a plot at `value` of its y axis. */
export function drawMark(plot: uPlot, value: number, colour: string): void {
  const y = plot.valToPos(value, 'y', true);
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash([8, 5]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
