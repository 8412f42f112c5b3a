// Proves that the stated error follows from scatter, number of repeats, bends between points and smoothing, each as told.
import { describe, expect, it } from 'vitest';
import { errorBand, mean, pooledDeviation, smoothingError } from './error-band.ts';

const point = (rpm: number, mlPerMin: number) => ({ rpm, mlPerMin });
const same = (value: number, times: number) => Array.from({ length: times }, () => value);
/** Relative deviation of the pair 0.179 and 0.181. */
const PAIR = Math.SQRT2 / 180;

describe('pooledDeviation', () => {
  it('pools speeds by their degrees of freedom, and says nothing without repeats', () => {
    expect(pooledDeviation([[0.18], [0.17]])).toBeNull();
    expect(pooledDeviation([[0.179, 0.181]])).toBeCloseTo(PAIR, 12);
    expect(pooledDeviation([[0.179, 0.181], same(0.17, 4), [0.2]])).toBeCloseTo(PAIR / 2, 12);
  });
});

describe('errorBand', () => {
  it('widens scatter by Student’s t and by the speed with the fewest repeats', () => {
    const straight = [point(100, 18), point(200, 36)];
    const band = (speeds: number[][]) => errorBand(speeds, straight, straight);
    expect(band([[0.179, 0.181], [0.18]])).toBeCloseTo(12.71 * PAIR * Math.SQRT2, 6);
    expect(band([[0.179, 0.181], same(0.18, 12)])).toBeCloseTo(
      (1.96 + 2.7 / 12) * (PAIR / Math.sqrt(12)) * Math.sqrt(1.5),
      6,
    );
  });

  it('takes two points for the ends of what ml/rev may be between them', () => {
    const curve = [point(100, 18), point(200, 34)];
    expect(errorBand([same(0.18, 3), same(0.17, 3)], curve, curve)).toBeCloseTo(0.01 / 0.17, 9);
    const falling = curve.toReversed();
    expect(errorBand([same(0.17, 3), same(0.18, 3)], falling, falling)).toBeCloseTo(0.01 / 0.17, 9);
  });

  it('takes half of what more points miss of each other, and all of what smoothing moved', () => {
    const curve = [point(100, 18), point(200, 36), point(300, 60)];
    const repeats = curve.map(({ rpm, mlPerMin }) => same(mlPerMin / rpm, 3));
    expect(errorBand(repeats, curve, curve)).toBeCloseTo((39 / 36 - 1) / 2, 9);
    const measured = [point(100, 18), point(200, 40), point(300, 60)];
    expect(errorBand(repeats, measured, curve)).toBeCloseTo(Math.hypot((39 / 36 - 1) / 2, 0.1), 9);
  });
});

describe('smoothingError', () => {
  it('is the largest share that any mean was moved by', () => {
    expect(smoothingError([point(1, 10), point(2, 20)], [point(1, 10), point(2, 21)])).toBeCloseTo(0.05, 12);
  });
});

describe('mean', () => {
  it('of equal values is exactly their value', () => {
    expect(mean(same(15.2, 3))).toBe(15.2);
    expect(mean([1, 2, 6])).toBe(3);
  });
});
