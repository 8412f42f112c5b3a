// Proves that the slots of a weekly plan are those of a calendar walked minute by minute, that channels never meet, and that
// whatever restarts and clocks do each slot is called due in its window only (P21, P22, P23).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callDue } from '../schedule/decide-due.ts';
import { channelTimes, SLOT_WINDOW_MS, slotDoseId, slotDueMs, slotsBetween, utcDayOf } from './slot.ts';
import { isDayOn } from './week-days.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe('the times of a channel', () => {
  it('are those of the specification', () => {
    expect(channelTimes(1, 6, 2)).toEqual([0, 43_200]);
    expect(channelTimes(6, 6, 2)).toEqual([36_000, 79_200]);
    expect(channelTimes(3, 6, 1)).toEqual([14_400]);
  });

  it('never meet those of another, however many channels there are', () => {
    for (let count = 1; count <= 6; count++) {
      const times = Array.from({ length: count }, (_, index) => channelTimes(index + 1, count, 2)).flat();
      expect(new Set(times).size).toBe(2 * count);
      expect(times.every((second) => Number.isInteger(second) && second >= 0 && second < 86_400)).toBe(true);
    }
  });
});

const arbitraryPlan = fc.record({
  days: fc.integer({ min: 0, max: 127 }),
  dosesADay: fc.constantFrom(1 as const, 2 as const),
});
const arbitraryPlace = fc
  .integer({ min: 1, max: 6 })
  .chain((channelCount) =>
    fc.record({ channelCount: fc.constant(channelCount), channel: fc.integer({ min: 1, max: channelCount }) }),
  );

describe('the slots of a plan', () => {
  it('are those that a calendar shows, minute by minute, from 1970 to past 2038', () => {
    fc.assert(
      fc.property(arbitraryPlan, arbitraryPlace, fc.integer({ min: 0, max: 40_000 }), (plan, place, firstDay) => {
        const fromMs = firstDay * DAY_MS;
        const untilMs = fromMs + 8 * DAY_MS;
        const walked: number[] = [];
        for (let atMs = fromMs; atMs < untilMs; atMs += MINUTE_MS) {
          const date = new Date(atMs);
          const mondayFirst = (date.getUTCDay() + 6) % 7;
          const second = date.getUTCHours() * 3600 + date.getUTCMinutes() * 60;
          const times = channelTimes(place.channel, place.channelCount, plan.dosesADay);
          if (isDayOn(plan.days, mondayFirst) && times.includes(second)) walked.push(atMs);
        }
        expect(slotsBetween(plan, place, fromMs, untilMs).map(({ dueMs }) => dueMs)).toEqual(walked);
      }),
      { numRuns: 60 },
    );
  });

  it('have an identity of their own each', () => {
    const slots = slotsBetween({ days: 127, dosesADay: 2 }, { channel: 2, channelCount: 6 }, 0, 400 * DAY_MS);
    expect(new Set(slots.map(({ slot }) => slotDoseId('relay-2', slot))).size).toBe(800);
    expect(slotDoseId('relay-2', { utcDay: 20_000, half: 'evening' })).toBe('relay-2.20000.evening');
    expect(
      slotDueMs({ days: 127, dosesADay: 1 }, { channel: 1, channelCount: 6 }, { utcDay: 3, half: 'evening' }),
    ).toBeNull();
  });
});

describe('a slot', () => {
  it('is due in its window, late only', () => {
    const window = { dueMs: DAY_MS, startBeforeMs: DAY_MS + SLOT_WINDOW_MS };
    expect([-1, 0, SLOT_WINDOW_MS, SLOT_WINDOW_MS + 1].map((late) => callDue(window, DAY_MS + late))).toEqual([
      'not-yet',
      'due',
      'late',
      'over',
    ]);
  });

  it('is given at most once and missed at most once, through years of restarts, sleeps and clocks that are set', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 1_000, max: 3 * 3_600_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: -5 * 3_600_000, max: 3 * DAY_MS }) },
    );
    fc.assert(
      fc.property(arbitraryPlan, arbitraryPlace, fc.array(step, { maxLength: 2_000 }), (plan, place, steps) => {
        const ends = new Map<
          string,
          { readonly end: 'given' | 'missed'; readonly atMs: number; readonly dueMs: number }
        >();
        let nowMs = 20_000 * DAY_MS;
        const planSinceMs = nowMs;
        for (const byMs of steps) {
          nowMs += byMs;
          for (const { slot, dueMs } of slotsBetween(
            plan,
            place,
            Math.max(planSinceMs, nowMs - 7 * DAY_MS),
            nowMs + 1,
          )) {
            const doseId = slotDoseId('p', slot);
            if (ends.has(doseId)) continue;
            const call = callDue({ dueMs, startBeforeMs: dueMs + SLOT_WINDOW_MS }, nowMs);
            if (call !== 'not-yet') ends.set(doseId, { end: call === 'over' ? 'missed' : 'given', atMs: nowMs, dueMs });
          }
        }
        for (const { end, atMs, dueMs } of ends.values()) {
          const isInWindow = atMs >= dueMs && atMs <= dueMs + SLOT_WINDOW_MS;
          expect(end).toBe(isInWindow ? 'given' : 'missed');
        }
      }),
      { numRuns: 40 },
    );
  });

  it('belongs to the UTC day of its instant', () => {
    expect([0, DAY_MS - 1, DAY_MS, Date.UTC(2038, 0, 20)].map(utcDayOf)).toEqual([0, 0, 1, 24_856]);
  });
});
