// Proves that limits are saved as typed, that only what was changed is sent, and that a slip of the decimal point is noticed.
import type { Pump } from '@perista/protocol/api';
import { expect, it } from 'vitest';
import { patchOf, readLimit, slipOf } from './limits-draft.ts';

const PUMP = {
  limits: { single_ml: 50, duration_s: 120, hour_ml: 100, day_ml: 200, week_ml: 1000 },
  max_rate_ml_min: 60,
} as Pump;

it('sends what was changed and nothing else', () => {
  expect(patchOf(PUMP, {})).toBeNull();
  expect(patchOf(PUMP, { single_ml: '50', hour_ml: '100,0' })).toBeNull();
  expect(patchOf(PUMP, { single_ml: '40.5', day_ml: '200' })).toEqual({ limits: { single_ml: 40.5 } });
  expect(patchOf(PUMP, { max_rate_ml_min: '30' })).toEqual({ max_rate_ml_min: 30 });
});

it.each([
  ['', 'empty'],
  ['0', 'zero'],
  ['many', 'not-a-number'],
  ['1.000', 'ambiguous'],
])('refuses %o', (text, problem) => {
  expect(readLimit(text)).toBe(problem);
  expect(patchOf(PUMP, { single_ml: text, day_ml: '10' })).toBeNull();
});

it('notices ten times as much', () => {
  expect([slipOf(50, 499), slipOf(50, 500), slipOf(50, 'zero')]).toEqual([null, 10, null]);
});
