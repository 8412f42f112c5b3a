// Proves that numbers in sentences are short, true to their value, and never look equal when they are not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatApart, formatNumber } from './quantity.ts';

describe('formatNumber', () => {
  it.each([
    [0.30000000004, '0.3'],
    [0.1 + 0.2, '0.3'],
    [40, '40'],
    [1200, '1200'],
    [6666.6666, '6666.667'],
    [0.00004567, '0.000046'],
    [0, '0'],
    [-2.5, '-2.5'],
    [1e20, '100000000000000000000'],
    [1.234567e21, '1.235e+21'],
  ])('shows %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('takes fewer decimals when told to', () => {
    expect(formatNumber(1.26, 1)).toBe('1.3');
  });

  it('stays within half of the last decimal', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        expect(Math.abs(Number(formatNumber(value)) - value)).toBeLessThanOrEqual(0.00050001);
      }),
    );
  });
});

describe('formatApart', () => {
  it('adds decimals until two numbers look different', () => {
    expect(formatApart(100.00004, 100)).toEqual(['100.00004', '100']);
    expect(formatApart(120, 100)).toEqual(['120', '100']);
  });

  it('gives up on numbers that are equal', () => {
    expect(formatApart(7, 7)).toEqual(['7', '7']);
  });
});
