// Proves that the regression keeps what rises, pools what falls at its weighted mean, and is the closest rising sequence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isotonicRegression, type WeightedValue } from './isotonic.ts';

const one = (value: number): WeightedValue => ({ value, weight: 1 });

const weighted = fc.array(
  fc.record({
    value: fc.double({ min: -100, max: 100, noNaN: true }),
    weight: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('isotonicRegression', () => {
  it('keeps values that rise', () => {
    expect(isotonicRegression([1, 2, 2, 5].map(one))).toEqual([1, 2, 2, 5]);
  });

  it('pools values that fall, back as far as needed', () => {
    expect(isotonicRegression([1, 4, 3, 2].map(one))).toEqual([1, 3, 3, 3]);
    expect(isotonicRegression([4, 3, 2, 1, 9].map(one))).toEqual([2.5, 2.5, 2.5, 2.5, 9]);
  });

  it('counts each value by its weight', () => {
    expect(
      isotonicRegression([
        { value: 4, weight: 3 },
        { value: 0, weight: 1 },
      ]),
    ).toEqual([3, 3]);
  });

  it('never falls and keeps the weighted mean', () => {
    fc.assert(
      fc.property(weighted, (values) => {
        const fitted = isotonicRegression(values);
        for (const [index, value] of fitted.slice(1).entries())
          expect(value).toBeGreaterThanOrEqual(fitted[index] ?? 0);
        const total = (numbers: number[]) =>
          numbers.reduce((sum, value, index) => sum + value * (values[index]?.weight ?? 0), 0);
        expect(total(fitted)).toBeCloseTo(total(values.map(({ value }) => value)), 6);
      }),
    );
  });

  it('comes closer than any other rising sequence', () => {
    const distance = (fit: readonly number[], values: readonly WeightedValue[]) =>
      values.reduce((sum, { value, weight }, index) => sum + weight * (value - (fit[index] ?? 0)) ** 2, 0);
    fc.assert(
      fc.property(
        weighted,
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (values, others) => {
          const rising = others.slice(0, values.length).toSorted((a, b) => a - b);
          expect(distance(isotonicRegression(values), values)).toBeLessThanOrEqual(distance(rising, values) + 1e-6);
        },
      ),
    );
  });
});
