// Proves that any two parameters give the third, that what contradicts itself or passes a limit is named, and that an echo is compared.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkParameters,
  completeParameters,
  DEFAULT_INFUSION_LIMITS,
  type InfusionParameters,
  isLeap,
  isSameRequest,
} from './infusion-parameters.ts';

const NO_BOLUS = { enabled: false, volumeMl: 0 };
const ASKED: InfusionParameters = {
  flowRateMlMin: 2.5,
  plannedTimeMin: 60,
  plannedVolumeMl: 150,
  bolus: { enabled: true, volumeMl: 5 },
};
const mistakes = (change: Partial<InfusionParameters>) =>
  checkParameters({ ...ASKED, ...change }, DEFAULT_INFUSION_LIMITS);

describe('parameters of an infusion', () => {
  it('follow from any two of them, and what was given stays as it was', () => {
    const amount = fc.double({ min: 0.01, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        for (const given of [
          { flowRateMlMin: one, plannedTimeMin: other },
          { flowRateMlMin: one, plannedVolumeMl: other },
          { plannedTimeMin: one, plannedVolumeMl: other },
        ]) {
          const whole = completeParameters(given);
          expect(whole).toMatchObject(given);
          const limits = { ...DEFAULT_INFUSION_LIMITS, flowRateMlMin: [0, Infinity] as const };
          const wide = { ...limits, plannedTimeMin: [0, Infinity] as const, plannedVolumeMl: [0, Infinity] as const };
          expect(whole && checkParameters({ ...whole, bolus: NO_BOLUS }, wide)).toEqual([]);
        }
      }),
    );
  });

  it('follow from nothing less and nothing more', () => {
    expect(completeParameters({ flowRateMlMin: 1 })).toBeUndefined();
    expect(completeParameters({ flowRateMlMin: 1, plannedTimeMin: 2, plannedVolumeMl: 2 })).toBeUndefined();
  });

  it('are refused where they contradict themselves or pass a limit', () => {
    expect(mistakes({})).toEqual([]);
    expect(mistakes({ plannedVolumeMl: 200 })).toMatchObject([{ rule: 'contradiction', value: 200, follows: 150 }]);
    expect(mistakes({ flowRateMlMin: Number.NaN })).toContainEqual(
      expect.objectContaining({ rule: 'range', key: 'flowRateMlMin' }),
    );
    expect(mistakes({ bolus: { enabled: true, volumeMl: 500 } })).toMatchObject([{ key: 'bolusVolumeMl', most: 100 }]);
    expect(mistakes({ bolus: { enabled: false, volumeMl: 500 } })).toEqual([]);
  });

  it('are the same in an echo with fewer digits, and not with another value', () => {
    expect(isSameRequest(ASKED, {})).toBe(true);
    expect(isSameRequest(ASKED, { flowRateMlMin: 2.501, plannedTimeMin: 60 })).toBe(true);
    expect(isSameRequest(ASKED, { flowRateMlMin: 25 })).toBe(false);
    expect(isSameRequest(ASKED, { bolus: NO_BOLUS })).toBe(false);
  });

  it('leap where a decimal point was missed', () => {
    expect([isLeap(2.5, 25), isLeap(2.5, 0.25), isLeap(2.5, 24), isLeap(0, 5)]).toEqual([true, true, false, false]);
  });
});
