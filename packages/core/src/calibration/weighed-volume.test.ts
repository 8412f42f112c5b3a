// Proves that what was weighed becomes a volume by its density, and that no impossible density is believed.
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../errors/perista-error.ts';
import { mlOfGrams, WATER_G_PER_ML } from './weighed-volume.ts';

describe('mlOfGrams', () => {
  it('divides by the density', () => {
    expect(mlOfGrams(9.982, WATER_G_PER_ML)).toBeCloseTo(10, 12);
    expect(mlOfGrams(12, 1.2)).toBeCloseTo(10, 12);
  });

  it('takes impossible numbers for a bug of its caller', () => {
    for (const density of [0, 0.49, 3.01, Number.NaN]) expect(() => mlOfGrams(1, density)).toThrow(AssertionError);
    for (const grams of [0, -1, Number.NaN]) expect(() => mlOfGrams(grams, 1)).toThrow('a positive mass');
  });
});
