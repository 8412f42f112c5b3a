// Proves that schedules of every kind fall due at the right instants in the nights when clocks change (P22), that each instant
// has one dose with an id of its own (P1), and that the doses of a day add up to its total.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilDayOf } from '../calendar/civil-day.ts';
import { instantOf, UTC, wallAt, type Zone } from '../calendar/zone.ts';
import { parseCron } from './cron.ts';
import { occurrenceDoseId, occurrences } from './occurrences.ts';
import { type Recurrence, type RecurringDose, windowsProblem } from './rule.ts';
import { shareOf } from './spread.ts';

const HOUR_MS = 3_600_000;
const SPRING_MS = Date.parse('2027-03-28T01:00:00Z');
const AUTUMN_MS = Date.parse('2027-10-31T01:00:00Z');
/** Europe/Warsaw in 2027. */
const WARSAW: Zone = { offsetMs: (atMs) => (atMs >= SPRING_MS && atMs < AUTUMN_MS ? 2 : 1) * HOUR_MS };

const dayOf = (text: string): number => {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return civilDayOf({ year, month, day }) ?? Number.NaN;
};

function cron(expression: string): Recurrence {
  const parsed = parseCron(expression);
  if (parsed.kind === 'wrong') throw new Error(parsed.problem.kind);
  return parsed;
}

const recurring = (recurrence: Recurrence, change: Partial<RecurringDose> = {}): RecurringDose => ({
  recurrence,
  volumeMl: 50,
  pausedUntil: null,
  ...change,
});

/** Local times at which it is due on the days from `from` until before `until`, and the hours in between. */
function due(dose: RecurringDose, from: string, until: string, zone = WARSAW): string[] {
  const [fromMs, untilMs] = [from, until].map((day) => instantOf(zone, dayOf(day) * 24 * HOUR_MS));
  const all = [...occurrences(dose, zone, fromMs ?? 0, untilMs)];
  return all.map(({ dueMs }) => new Date(dueMs).toISOString().slice(5, 16));
}

describe('the instant of a time of the clock', () => {
  it('is where clocks go on for what is skipped, and the first of what comes twice', () => {
    const at = (text: string) => new Date(instantOf(WARSAW, Date.parse(`${text}Z`))).toISOString().slice(0, 16);
    expect(at('2027-03-28T01:59')).toBe('2027-03-28T00:59');
    expect(at('2027-03-28T02:00')).toBe('2027-03-28T01:00');
    expect(at('2027-03-28T02:59')).toBe('2027-03-28T01:00');
    expect(at('2027-03-28T03:00')).toBe('2027-03-28T01:00');
    expect(at('2027-10-31T02:30')).toBe('2027-10-31T00:30');
    expect(at('2027-10-31T03:00')).toBe('2027-10-31T02:00');
  });

  it('shows the same clock again, or none does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3_000, max: 3_000 }),
        fc.constantFrom(SPRING_MS, AUTUMN_MS),
        (minutes, aroundMs) => {
          const wallMs = wallAt(WARSAW, aroundMs) + minutes * 60_000;
          const shown = wallAt(WARSAW, instantOf(WARSAW, wallMs));
          expect(shown === wallMs || instantOf(WARSAW, wallMs) === SPRING_MS).toBe(true);
        },
      ),
    );
  });
});

describe('a cron schedule', () => {
  it('of 8 o’clock is due at 8 o’clock on both days of 2027 on which clocks change', () => {
    expect(due(recurring(cron('0 8 * * *')), '2027-03-27', '2027-03-30')).toEqual([
      '03-27T07:00',
      '03-28T06:00',
      '03-29T06:00',
    ]);
    expect(due(recurring(cron('0 8 * * *')), '2027-10-30', '2027-11-02')).toEqual([
      '10-30T06:00',
      '10-31T07:00',
      '11-01T07:00',
    ]);
  });

  it('of half past two is due once on each of them', () => {
    expect(due(recurring(cron('30 2 * * *')), '2027-03-28', '2027-03-29')).toEqual(['03-28T01:00']);
    expect(due(recurring(cron('30 2 * * *')), '2027-10-31', '2027-11-01')).toEqual(['10-31T00:30']);
  });

  it('of each half hour after two runs its first pass only in autumn, and once in spring', () => {
    expect(due(recurring(cron('*/30 2 * * *')), '2027-10-31', '2027-11-01')).toEqual(['10-31T00:00', '10-31T00:30']);
    expect(due(recurring(cron('*/30 2 * * *')), '2027-03-28', '2027-03-29')).toEqual(['03-28T01:00']);
  });

  it('has one dose at an instant to which several of its times move', () => {
    const inSpring = due(recurring(cron('*/15 * * * *')), '2027-03-28', '2027-03-29');
    expect(inSpring).toHaveLength(23 * 4);
    expect(new Set(inSpring).size).toBe(inSpring.length);
  });

  it('of a leap day is found years ahead', () => {
    const [next] = occurrences(recurring(cron('0 0 29 2 *')), UTC, Date.UTC(2028, 2, 1));
    expect(next?.dueMs).toBe(Date.UTC(2032, 1, 29));
  });
});

describe('the other kinds', () => {
  it('an interval counts elapsed time, through changes of clocks', () => {
    const every8h = recurring({ kind: 'interval', everyMs: 8 * HOUR_MS, fromMs: Date.parse('2027-03-27T05:00:00Z') });
    expect(due(every8h, '2027-03-27', '2027-03-29')).toEqual([
      '03-27T05:00',
      '03-27T13:00',
      '03-27T21:00',
      '03-28T05:00',
      '03-28T13:00',
      '03-28T21:00',
    ]);
  });

  it('a date is due once', () => {
    const once = recurring({ kind: 'once', day: dayOf('2027-03-28'), minute: 150 });
    expect(due(once, '2027-03-01', '2027-04-01')).toEqual(['03-28T01:00']);
    expect(due(once, '2027-03-29', '2029-04-01')).toEqual([]);
  });

  it('days of the week have their times', () => {
    const weekend = recurring({ kind: 'weekdays', days: 0b110_0000, minutes: [8 * 60, 20 * 60] });
    expect(due(weekend, '2027-03-26', '2027-03-30')).toEqual([
      '03-27T07:00',
      '03-27T19:00',
      '03-28T06:00',
      '03-28T18:00',
    ]);
  });

  it('windows share out their doses evenly, also over a night and when it is shorter', () => {
    const nightly = recurring({ kind: 'windows', doses: 4, windows: [{ fromMin: 22 * 60, toMin: 30 * 60 }] });
    const nights = due(nightly, '2027-03-27', '2027-03-29');
    expect(nights.slice(3, 7)).toEqual(['03-27T21:00', '03-27T22:45', '03-28T00:30', '03-28T02:15']);
    expect(nights.slice(7)).toEqual(['03-28T20:00']);
  });

  it('a pause ends with the day that it names, in the zone', () => {
    const paused = recurring(cron('0 0,12 * * *'), { pausedUntil: dayOf('2027-04-01') });
    expect(due(paused, '2027-03-27', '2027-04-02')).toEqual(['03-31T22:00', '04-01T10:00']);
  });
});

describe('windows', () => {
  it('are refused where one is empty, two meet, or more doses than minutes are asked for', () => {
    const window = (fromMin: number, toMin: number) => ({ fromMin, toMin });
    expect(windowsProblem([window(60, 60)], 1)).toEqual({ kind: 'empty', index: 0 });
    expect(windowsProblem([window(0, 61), window(60, 90)], 1)).toEqual({ kind: 'overlap', index: 0 });
    expect(windowsProblem([window(60, 90), window(1200, 1501)], 1)).toEqual({ kind: 'overlap', index: 1 });
    expect(windowsProblem([window(60, 90), window(1200, 1500)], 331)).toEqual({ kind: 'too-many', minutes: 330 });
    expect(windowsProblem([window(60, 90), window(1200, 1500)], 330)).toBeNull();
  });

  it('give as many doses and the same total on each day, whatever clocks do', () => {
    const arbitraryWindows = fc
      .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 2, maxLength: 6 })
      .map((quarters) => quarters.map((quarter) => quarter * 15).sort((a, b) => a - b))
      .map((ends) =>
        ends.flatMap((fromMin, index) => (index % 2 === 0 ? [{ fromMin, toMin: ends[index + 1] ?? 1440 }] : [])),
      )
      .filter((windows) => windows.every(({ fromMin, toMin }) => toMin > fromMin));
    const arbitraryMl = fc.integer({ min: 1, max: 2_000_000 }).map((steps) => steps / 1000);
    const days = ['2027-03-28', '2027-10-31', '2027-06-01'];
    fc.assert(
      fc.property(
        arbitraryWindows,
        fc.integer({ min: 1, max: 40 }),
        arbitraryMl,
        fc.constantFrom(...days),
        (windows, doses, volumeMl, day) => {
          fc.pre(windowsProblem(windows, doses) === null);
          const fromMs = instantOf(WARSAW, dayOf(day) * 24 * HOUR_MS);
          const untilMs = instantOf(WARSAW, (dayOf(day) + 1) * 24 * HOUR_MS);
          const dose = recurring({ kind: 'windows', windows, doses }, { volumeMl });
          const found = [...occurrences(dose, WARSAW, fromMs, untilMs)];
          expect(found).toHaveLength(doses);
          const steps = found.map((each) => Math.round(each.volumeMl * 1000));
          expect(steps.reduce((sum, each) => sum + each, 0)).toBe(Math.round(volumeMl * 1000));
          expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('carry what rounding takes to the next dose', () => {
    expect([0, 1, 2].map((index) => shareOf(10, index, 3))).toEqual([3.333, 3.334, 3.333]);
  });
});

it('has ids that are its schedule and its instant', () => {
  expect(occurrenceDoseId('s-1', Date.UTC(2027, 2, 28, 6))).toBe('s-1.20270328T060000Z');
});
