// Proves that a plan is refused that by itself asks for more than its pump may give in an hour, a day or a week, and no other.
import { describe, expect, it } from 'vitest';
import { checkPlanCaps } from './check-plan-caps.ts';

const HOUR_MS = 3_600_000;
const LIMITS = { hourMl: 20, dayMl: 100, weekMl: 500 };

const every = (hours: number, count: number, volumeMl: number) =>
  Array.from({ length: count }, (_, index) => ({ dueMs: index * hours * HOUR_MS, volumeMl }));

describe('a plan', () => {
  it.each([
    ['hour-cap', every(0.25, 5, 6), 24, 20],
    ['day-cap', every(4, 7, 17), 102, 100],
    ['week-cap', every(1, 168, 3), 504, 500],
  ])('that breaks its %s is refused with total and limit', (reason, doses, value, limit) => {
    expect(checkPlanCaps(doses, LIMITS)).toMatchObject({ reason, value, limit, unit: 'ml' });
  });

  it('is not refused for doses a whole window apart', () => {
    expect(checkPlanCaps(every(1, 5, 20), LIMITS)).toBeNull();
    expect(checkPlanCaps(every(24, 5, 100), { ...LIMITS, hourMl: 100 })).toBeNull();
    expect(checkPlanCaps([], LIMITS)).toBeNull();
  });
});
