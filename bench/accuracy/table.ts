import { type Outcome, p95 } from './measure.ts';
import { METHODS } from './methods.ts';

type Key = 'rpm' | 'volumeMl';

/** 95th percentiles of the size of error by one property of the doses, as lines of text. */
export function table(outcomes: readonly Outcome[], key: Key, heading: string): string {
  const values = [...new Set(outcomes.map((outcome) => outcome[key]))].sort((a, b) => a - b);
  const rows = values.map((value) => {
    const alike = outcomes.filter((outcome) => outcome[key] === value);
    const cells = METHODS.map((method) => percent(p95(alike.filter((outcome) => outcome.method === method))));
    return [String(Math.round(value * 10) / 10), ...cells];
  });
  return [[heading, ...METHODS], ...rows]
    .map(([first = '', ...cells]) => first.padStart(10) + cells.map((cell) => cell.padStart(14)).join(''))
    .join('\n');
}

const percent = (value: number): string => (Number.isNaN(value) ? 'refused' : `${value.toFixed(2)} %`);
