// Proves that a weekly plan gives the numbers of its specification, and names the rule that limits it.
import { describe, expect, it } from 'vitest';
import { planCeiling, plannedDose, planProblem } from './channel-plan.ts';
import { DAY_PRESETS, daysActive, EVERY_DAY, isDayOn, presetOf, weekDayOf } from './week-days.ts';

const LIMITS = { singleMl: 50, durationS: 120, hourMl: 100, dayMl: 200, weekMl: 1000 };
const EXAMPLE = { days: EVERY_DAY, dosesADay: 2, weeklyMl: 217 } as const;

describe('a planned dose', () => {
  it('is the example of the specification: 217 ml a week, twice a day, 0.33 ml/s give 15.5 ml in 47 s', () => {
    const dose = plannedDose(EXAMPLE, 0.33);
    expect(dose?.singleMl).toBe(15.5);
    expect(dose?.durationS).toBeCloseTo(46.97, 2);
    expect(Math.round(dose?.durationS ?? 0)).toBe(47);
  });

  it('cannot be computed without days, volume or rate, and nothing is divided by zero', () => {
    expect(plannedDose({ ...EXAMPLE, days: 0 }, 0.33)).toBeNull();
    expect(plannedDose({ ...EXAMPLE, weeklyMl: 0 }, 0.33)).toBeNull();
    expect(plannedDose(EXAMPLE, 0)).toBeNull();
  });
});

describe('the ceiling of a plan', () => {
  it.each([
    ['single_ml', 700, EVERY_DAY, 2, 1],
    ['duration_s', 554.4, EVERY_DAY, 2, 0.33],
    ['single_ml', 350, EVERY_DAY, 1, 1],
    ['duration_s', 39.6, DAY_PRESETS.sunday, 1, 0.33],
  ] as const)('is %s: %d ml', (rule, weeklyMl, days, dosesADay, rate) => {
    const ceiling = planCeiling({ days, dosesADay }, rate, LIMITS);
    expect(ceiling?.rule).toBe(rule);
    expect(ceiling?.weeklyMl).toBeCloseTo(weeklyMl, 6);
  });

  it('is whichever limit is smallest', () => {
    const plan = { days: EVERY_DAY, dosesADay: 2 } as const;
    expect(planCeiling(plan, 1, { ...LIMITS, weekMl: 10 })).toEqual({ rule: 'week_ml', weeklyMl: 10 });
    expect(planCeiling(plan, 1, { ...LIMITS, hourMl: 1 })).toEqual({ rule: 'hour_ml', weeklyMl: 14 });
    expect(planCeiling(plan, 1, { ...LIMITS, dayMl: 3 })).toEqual({ rule: 'day_ml', weeklyMl: 21 });
  });

  it('says what stands in the way of a plan, the first thing first', () => {
    expect(planProblem({ ...EXAMPLE, days: 0, weeklyMl: 0 }, 0, LIMITS)).toEqual({ kind: 'no-days' });
    expect(planProblem({ ...EXAMPLE, weeklyMl: 0 }, 0, LIMITS)).toEqual({ kind: 'no-volume' });
    expect(planProblem(EXAMPLE, 0, LIMITS)).toEqual({ kind: 'no-rate' });
    expect(planProblem({ ...EXAMPLE, weeklyMl: 555 }, 0.33, LIMITS)).toMatchObject({
      kind: 'over-ceiling',
      rule: 'duration_s',
      askedMl: 555,
    });
    expect(planProblem({ ...EXAMPLE, weeklyMl: 554 }, 0.33, LIMITS)).toBeNull();
  });
});

describe('the days of a week', () => {
  it('begin with Monday at bit 0', () => {
    expect([0, 3, 4].map(weekDayOf)).toEqual([3, 6, 0]);
    expect(weekDayOf(Date.UTC(2038, 0, 19) / 86_400_000)).toBe(1);
    expect([...'0123456'].filter((day) => isDayOn(DAY_PRESETS['tuesday-thursday-sunday'], Number(day)))).toEqual([
      '1',
      '3',
      '6',
    ]);
  });

  it('are counted, and have names where people know them by name', () => {
    expect(Object.values(DAY_PRESETS).map(daysActive)).toEqual([7, 5, 2, 1, 3]);
    expect([127, 31, 96, 64, 74, 1, 42].map(presetOf)).toEqual([
      'every-day',
      'workdays',
      'weekend',
      'sunday',
      'tuesday-thursday-sunday',
      null,
      null,
    ]);
  });
});
