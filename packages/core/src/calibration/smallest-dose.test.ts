// Proves that the smallest accurate dose follows from the band and from what does not grow with a dose, and no further.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCURATE_WITHIN, smallestAccurateMl } from './smallest-dose.ts';

describe('smallestAccurateMl', () => {
  it('is where band and fixed errors together are five percent', () => {
    expect(smallestAccurateMl({ band: 0.03, mlPerRev: 0.18, scatterMl: 0.02 })).toBeCloseTo(0.04 / 0.04, 12);
    expect(smallestAccurateMl({ band: 0.04, mlPerRev: 0.18, scatterMl: 0 })).toBeCloseTo(0.018 / 0.03, 12);
    const { band, scatterMl } = { band: 0.02, scatterMl: 0.03 };
    const ml = smallestAccurateMl({ band, mlPerRev: 0.18, scatterMl }) ?? 0;
    expect(Math.hypot(band, (2 * scatterMl) / ml)).toBeCloseTo(ACCURATE_WITHIN, 12);
  });

  it('does not exist where the band alone is as wide', () => {
    expect(smallestAccurateMl({ band: 0.05, mlPerRev: 0.18, scatterMl: 0.01 })).toBeNull();
  });

  it('grows with each of its causes', () => {
    const share = fc.double({ min: 0.001, max: 0.048, noNaN: true });
    const ml = fc.double({ min: 0.0001, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, ml, ml, (band, mlPerRev, scatterMl) => {
        const least = smallestAccurateMl({ band, mlPerRev, scatterMl }) ?? 0;
        expect(least).toBeGreaterThan(0);
        expect(smallestAccurateMl({ band: band * 1.02, mlPerRev, scatterMl })).toBeGreaterThan(least);
        const worse = smallestAccurateMl({ band, mlPerRev: mlPerRev * 2, scatterMl: scatterMl * 2 });
        expect(worse).toBeCloseTo(2 * least, 9);
      }),
    );
  });
});
