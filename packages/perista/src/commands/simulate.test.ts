// Proves that a campaign of half a world is refused by the name of its key before anything is lived.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EXIT } from '../process/exit-codes.ts';
import { simulate } from './simulate.ts';

let told = '';

beforeEach(() => {
  told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

it.each([
  ['--jobs', '1.5'],
  ['--seed', '1.5'],
  ['--replay', '1.5'],
  ['--jobs', '0'],
  ['--seed', '-1'],
  ['--jobs', ''],
  ['--jobs', '1e400'],
])('%s=%s is refused', async (name, value) => {
  // Should it be taken after all, nothing is lived.
  expect(await simulate([`${name}=${value}`, '--list'])).toBe(EXIT.wrongSettings);
  expect(told).toContain(`${name} must be a whole number above 0, not "${value}"`);
});

it('years may be a part of one', async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  expect(await simulate(['--years', '0.5', '--list'])).toBe(EXIT.ok);
});
