// Proves that no window can be passed by more than the tolerance, that the smallest window is named first, and that
// what is left can always be ordered (P3, I1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../errors/perista-error.ts';
import { CAP_TOLERANCE_ML, checkCaps, remainingMl } from './check-caps.ts';

const LIMITS = { singleMl: 100, durationS: 3600, hourMl: 200, dayMl: 500, weekMl: 2000 };
const NOTHING = { hourMl: 0, dayMl: 0, weekMl: 0 };

const volume = (max: number) => fc.double({ min: 0, max, noNaN: true });
const charges = fc.record({ hourMl: volume(220), dayMl: volume(550), weekMl: volume(2200) });

describe('checkCaps', () => {
  it('lets a dose through that fills a cap to the last drop', () => {
    expect(checkCaps(200, NOTHING, LIMITS)).toBeNull();
    expect(checkCaps(200 + CAP_TOLERANCE_ML, NOTHING, LIMITS)).toBeNull();
    expect(checkCaps(200.03, NOTHING, LIMITS)).toMatchObject({ reason: 'hour-cap' });
  });

  it('adds up ten doses of a tenth of the cap', () => {
    let hourMl = 0;
    for (let dose = 0; dose < 10; dose++) {
      expect(checkCaps(20.0005, { ...NOTHING, hourMl }, LIMITS)).toBeNull();
      hourMl += 20.0005;
    }
    expect(checkCaps(20, { ...NOTHING, hourMl }, LIMITS)).toMatchObject({ code: 'E424', limit: 200, unit: 'ml' });
  });

  it('names the cap, the total, the limit and what is left', () => {
    const refusal = checkCaps(20, { hourMl: 0, dayMl: 485, weekMl: 485 }, LIMITS);
    expect(refusal).toMatchObject({ reason: 'day-cap', code: 'E425', limit: 500, value: 505 });
    expect(refusal?.sentence).toBe(
      'With 20 ml more this pump would give 505 ml within 24 h; its cap is 500 ml and 15 ml are left now. Order less, or wait.',
    );
    expect(checkCaps(20, { hourMl: 0, dayMl: 0, weekMl: 1990 }, LIMITS)).toMatchObject({
      reason: 'week-cap',
      code: 'E426',
    });
    expect(checkCaps(600, NOTHING, LIMITS)).toMatchObject({ reason: 'hour-cap' });
  });

  it('never lets any window pass its cap by more than the tolerance', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 300, noNaN: true }), charges, (plannedMl, charged) => {
        const passes = (['hourMl', 'dayMl', 'weekMl'] as const).some(
          (key) => charged[key] + plannedMl > LIMITS[key] + CAP_TOLERANCE_ML,
        );
        expect(checkCaps(plannedMl, charged, LIMITS) !== null).toBe(passes);
      }),
    );
  });

  it('accepts the smallest of what is left', () => {
    fc.assert(
      fc.property(charges, (charged) => {
        const left = Math.min(...Object.values(remainingMl(charged, LIMITS)));
        expect(left).toBeGreaterThanOrEqual(0);
        if (left > 0) expect(checkCaps(left, charged, LIMITS)).toBeNull();
      }),
    );
  });

  it('takes impossible volumes for a bug of its caller', () => {
    for (const planned of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkCaps(planned, NOTHING, LIMITS)).toThrow(AssertionError);
    }
    expect(() => checkCaps(1, { ...NOTHING, dayMl: Number.NaN }, LIMITS)).toThrow(AssertionError);
    expect(() => checkCaps(1, { ...NOTHING, dayMl: -5 }, LIMITS)).toThrow(AssertionError);
  });
});
