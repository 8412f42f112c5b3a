// Proves that the form of a container names the figure that does not fit before anything is sent.
import { expect, it } from 'vitest';
import { brokenRule } from './container-rules.ts';

const FITS = { capacity: 100, level: 100, low: 99, empty: 99 };

it('names the first figure that does not fit the others', () => {
  expect(brokenRule(FITS)).toBeNull();
  expect(brokenRule({ ...FITS, level: 101 })?.field).toBe('level');
  expect(brokenRule({ ...FITS, low: 100 })?.field).toBe('low');
  expect(brokenRule({ ...FITS, empty: 99.5 })?.field).toBe('empty');
  expect(brokenRule(FITS, 100.5)).toMatchObject({ field: 'capacity', name: 'shrink' });
  expect(brokenRule({ capacity: 'empty', level: 5 })).toBeNull();
});
