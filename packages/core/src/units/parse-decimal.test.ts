// Proves that a typed number means what both kinds of readers take it for, or is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from './parse-decimal.ts';

describe('a typed decimal', () => {
  it.each([
    ['2', 2],
    [' 2,5 ', 2.5],
    ['2.5', 2.5],
    ['0.125', 0.125],
    ['0,125', 0.125],
    ['1234.567', 1234.567],
    ['1.0000', 1],
    ['000', 0],
  ])('%j is %d', (text, value) => {
    expect(parseDecimal(text)).toEqual({ kind: 'number', value });
  });

  it.each(['1.000', '1,000', '12.500', '999,999'])('%j is refused as ambiguous', (text) => {
    expect(parseDecimal(text)).toEqual({ kind: 'ambiguous' });
  });

  it.each(['-1', '1e3', '0x10', '1.2.3', '1 000', '.5', '5.', 'ml', 'Infinity', 'NaN', '１'])(
    '%j is no number',
    (text) => {
      expect(parseDecimal(text)).toEqual({ kind: 'not-a-number' });
    },
  );

  it('is empty when nothing was typed', () => {
    expect(parseDecimal('  ')).toEqual({ kind: 'empty' });
  });

  it('reads what is written with either separator alike, and never another value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const text = `${whole}.${String(cents).padStart(2, '0')}`;
        const value = Number(text);
        expect(parseDecimal(text)).toEqual({ kind: 'number', value });
        expect(parseDecimal(text.replace('.', ','))).toEqual({ kind: 'number', value });
      }),
    );
  });
});
