// Proves that a container warns once as it runs low and once as it runs empty, that run-out is the first dose that does not
// fit, and that a measured rest tells how far off the bookings were.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContainerCondition, type ContainerMarks, defaultMarks, nextCondition } from './container-level.ts';
import { deviationOf } from './reckoning.ts';
import { runOut, runOutAtRate } from './run-out.ts';

const MARKS: ContainerMarks = { capacityMl: 1_000, lowMl: 200, emptyMl: 50 };
const DAY_MS = 86_400_000;

/** Conditions at each of `levels`, one after another. */
function walk(levels: readonly number[], leastDoseMl = 0): ContainerCondition[] {
  let condition: ContainerCondition = 'ok';
  return levels.map((levelMl) => {
    condition = nextCondition(condition, levelMl, MARKS, leastDoseMl);
    return condition;
  });
}

describe('the condition of a container', () => {
  it('gets worse at its marks and better only well above them', () => {
    expect(walk([1_000, 200, 199, 220, 249, 250, 50, 99, 100, 249, 250])).toEqual([
      ...['ok', 'ok', 'low', 'low', 'low', 'ok'],
      ...['empty', 'empty', 'low', 'low', 'ok'],
    ]);
  });

  it('is empty when the smallest dose would go below what has to stay in', () => {
    expect(walk([60, 59], 10)).toEqual(['low', 'empty']);
  });

  it('is ok when it is full, however high its marks are', () => {
    const high = { capacityMl: 100, lowMl: 99, emptyMl: 98 };
    expect(nextCondition('empty', 100, high, 5)).toBe('ok');
    expect(nextCondition('low', 100, defaultMarks(100), 0)).toBe('ok');
  });

  it('warns at most once while a level moves about a mark', () => {
    const wiggle = fc.array(fc.double({ min: 176, max: 224, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(wiggle, (levels) => {
        const conditions = walk(levels);
        const warnings = conditions.filter((now, index) => now === 'low' && conditions[index - 1] !== 'low');
        expect(warnings.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never is ok below its low mark, nor anything but empty at its empty mark', () => {
    const levels = fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(levels, (all) => {
        for (const [index, condition] of walk(all).entries()) {
          const levelMl = all[index] ?? 0;
          if (levelMl < MARKS.lowMl) expect(condition).not.toBe('ok');
          if (levelMl <= MARKS.emptyMl) expect(condition).toBe('empty');
        }
      }),
    );
  });
});

describe('run-out', () => {
  const daily = (volumeMl: number, days: number) =>
    Array.from({ length: days }, (_, day) => ({ atMs: (day + 1) * DAY_MS, volumeMl }));
  const span = { nowMs: 0, untilMs: 10 * DAY_MS };

  it('is at the first dose that the container cannot give whole', () => {
    expect(runOut(35, daily(10, 9), span)).toEqual({ atMs: 4 * DAY_MS, daysLeft: 4 });
    expect(runOut(0, daily(10, 9), span)).toEqual({ atMs: DAY_MS, daysLeft: 1 });
  });

  it('goes on at the same rate beyond what is known of plans', () => {
    expect(runOut(200, daily(10, 10), span)?.daysLeft).toBeCloseTo(20, 9);
  });

  it('never comes where nothing draws', () => {
    expect(runOut(5, [], span)).toBeNull();
    expect(runOutAtRate(5, 0, 0)).toBeNull();
    expect(runOutAtRate(50, 10, DAY_MS)).toEqual({ atMs: 6 * DAY_MS, daysLeft: 5 });
  });
});

describe('a measured rest', () => {
  it('tells what the pumps gave beyond their calibration', () => {
    const bookings = { knownMl: 1_000, addedMl: 500, drawnLoMl: 790, drawnHiMl: 800 };
    expect(deviationOf(bookings, 660)).toEqual({
      ...{ drawnLoMl: 790, drawnHiMl: 800, drawnMeasuredMl: 840 },
      ...{ errorMl: 40, errorPct: 5 },
    });
    expect(deviationOf(bookings, 700)).toMatchObject({ errorMl: 0, errorPct: 0 });
    expect(deviationOf({ ...bookings, drawnLoMl: 0, drawnHiMl: 0 }, 1_500).errorPct).toBeNull();
  });
});
