// Proves that a wrong repeat is found when there are enough of them, and that honest scatter is left alone.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../ports/random.ts';
import { findOutliers } from './outliers.ts';

describe('findOutliers', () => {
  it('finds the repeat that disagrees', () => {
    expect(findOutliers([0.18, 0.181, 0.36, 0.179])).toEqual([2]);
    expect(findOutliers([0.09, 0.18, 0.181, 0.179, 0.18])).toEqual([0]);
  });

  it('finds it also when the others are equal', () => {
    expect(findOutliers([0.18, 0.18, 0.18, 0.2])).toEqual([3]);
  });

  it('judges nobody among three', () => {
    expect(findOutliers([0.18, 0.18, 0.36])).toEqual([]);
    expect(findOutliers([])).toEqual([]);
  });

  it('leaves the scatter of a healthy pump alone', () => {
    const random = seededRandom(1);
    for (let trial = 0; trial < 200; trial++) {
      const repeats = Array.from({ length: 5 }, () => 0.18 * (1 + 0.02 * (random.unit() - 0.5)));
      expect(findOutliers(repeats)).toEqual([]);
    }
  });

  it('never leaves out half or more', () => {
    expect(findOutliers([1, 1, 1, 9, 9, 9]).length).toBeLessThan(3);
  });
});
