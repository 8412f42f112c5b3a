import { type Outcome, p95 } from './measure.ts';
import { METHODS, type Method } from './methods.ts';

const COLOURS: Readonly<Record<Method, string>> = {
  'multi-point': '#1b7f3b',
  'single-point': '#8a6100',
  none: '#b3261e',
};
const [WIDTH, HEIGHT] = [440, 320];
const MARGIN = { left: 56, right: 16, top: 40, bottom: 48 } as const;
const Y_TICKS = [0.5, 1, 2, 5, 10, 20, 50] as const;
const [Y_MIN, Y_MAX] = [0.4, 60];

export interface Panel {
  readonly title: string;
  readonly axis: string;
  readonly key: 'rpm' | 'volumeMl';
  readonly outcomes: readonly Outcome[];
}

/** Panels side by side: 95th percentile of the error by one property of the doses, both axes logarithmic. */
export function plotSvg(panels: readonly Panel[]): string {
  const parts = panels.map((panel, index) => `<g transform="translate(${index * WIDTH} 0)">${panelSvg(panel)}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panels.length * WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>95th percentile of the volume error by method of calibration</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function panelSvg({ title, axis, key, outcomes }: Panel): string {
  const values = [...new Set(outcomes.map((outcome) => outcome[key]))].sort((a, b) => a - b);
  const x = logScale(values[0] ?? 1, values.at(-1) ?? 10, MARGIN.left, WIDTH - MARGIN.right);
  const y = logScale(Y_MIN, Y_MAX, HEIGHT - MARGIN.bottom, MARGIN.top);
  const middle = (MARGIN.left + WIDTH - MARGIN.right) / 2;
  return [
    text(title, middle, 18, 'font-weight="bold" text-anchor="middle"'),
    ...Y_TICKS.flatMap((tick) => [
      `<path d="M${MARGIN.left} ${at(y(tick))}H${WIDTH - MARGIN.right}" stroke="#dddddd"/>`,
      text(`${tick} %`, MARGIN.left - 6, y(tick) + 4, 'text-anchor="end"'),
    ]),
    ...values.map((value) => text(String(Math.round(value * 10) / 10), x(value), HEIGHT - 30, 'text-anchor="middle"')),
    text(axis, middle, HEIGHT - 10, 'text-anchor="middle"'),
    ...METHODS.flatMap((method, index) => [
      line(method, values, key, outcomes, x, y),
      text(method, MARGIN.left + 8 + index * 110, 34, `fill="${COLOURS[method]}"`),
    ]),
  ].join('\n');
}

function line(
  method: Method,
  values: readonly number[],
  key: Panel['key'],
  outcomes: readonly Outcome[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const points = values.flatMap((value) => {
    const size = p95(outcomes.filter((outcome) => outcome.method === method && outcome[key] === value));
    return Number.isNaN(size) ? [] : [{ x: at(x(value)), y: at(y(Math.min(Y_MAX, Math.max(Y_MIN, size)))) }];
  });
  const path = points.map((point) => `${point.x} ${point.y}`).join('L');
  const dots = points.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="3" fill="${COLOURS[method]}"/>`);
  return `<path d="M${path}" fill="none" stroke="${COLOURS[method]}" stroke-width="2"/>${dots.join('')}`;
}

const at = (value: number): string => value.toFixed(1);

const text = (words: string, x: number, y: number, attributes: string): string =>
  `<text x="${at(x)}" y="${at(y)}" ${attributes}>${words}</text>`;

function logScale(min: number, max: number, from: number, to: number): (value: number) => number {
  return (value) => from + ((to - from) * Math.log(value / min)) / Math.log(max / min);
}
