// Proves that the checker's own calendar, walked minute by minute, and the product's name the same instants and volumes for
// schedules of every kind, in zones of every kind through thirty years: a time that is skipped is due when clocks go on, one
// that comes twice is due the first time (P22).
import { recurringOf, zoneNamed } from '@perista/controller';
import { occurrences } from '@perista/core';
import type { ScheduleRule } from '@perista/protocol/api';
import { readRule } from '@perista/protocol/schedule-rule';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Asking, dueOnDay } from './due-times.ts';
import { wallWalk } from './wall-walk.ts';

const ZONES = [
  'Europe/Warsaw',
  'Europe/London',
  'Europe/Dublin',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Asia/Tokyo',
  'Asia/Gaza',
  'Asia/Beirut',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Apia',
  'Pacific/Chatham',
  'UTC',
] as const;

const DAY_MS = 86_400_000;
const DAY_MIN = 1440;
const FIRST_DAY = Date.UTC(2010, 0, 1) / DAY_MS;
const YEARS = 30;
const DAYS_WALKED = 2;
const RUNS_OF: Readonly<Record<string, number>> = { short: 300, long: 5_000, full: 50_000 };
const RUNS = RUNS_OF[process.env.PERISTA_CAMPAIGN ?? 'short'] ?? 300;

const isReadable = (rule: ScheduleRule): boolean => readRule(rule).kind === 'recurrence';

/** A field of a cron expression. */
const field = (least: number, most: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 1, max: most }).map((by) => `*/${by}`),
    fc
      .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: most }))
      .map(([from, by]) => `${from}/${by}`),
    fc
      .uniqueArray(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 2 })
      .map((ends) => ends.sort((one, other) => one - other).join('-')),
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 }).map((list) => list.join(',')),
  );

const cron = fc
  .tuple(
    field(0, 59),
    fc.oneof(field(0, 23), fc.constantFrom('0', '1', '2', '1-3')),
    fc.oneof(field(1, 31), fc.constant('*')),
    fc.oneof(field(1, 12), fc.constant('*')),
    fc.oneof(field(0, 7), fc.constant('*')),
  )
  .map((fields): ScheduleRule => ({ kind: 'cron', expression: fields.join(' ') }));

const two = (number: number) => String(number).padStart(2, '0');
const timeText = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
/** Every other one lies in the hours in which clocks are changed. */
const time = fc.oneof(fc.integer({ min: 0, max: DAY_MIN - 1 }), fc.integer({ min: 0, max: 200 })).map(timeText);

const weekdays = fc.record({
  kind: fc.constant('weekdays' as const),
  days: fc
    .subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, { minLength: 1 })
    .map((days) => [...days]),
  times: fc.uniqueArray(time, { minLength: 1, maxLength: 6 }),
});

/** Between times of the day, the last window over midnight now and then. */
const windows = fc.record({
  kind: fc.constant('windows' as const),
  doses_per_day: fc.integer({ min: 1, max: 40 }),
  daily_ml: fc.integer({ min: 100, max: 2_000_000 }).map((steps) => steps / 1000),
  windows: fc
    .uniqueArray(fc.integer({ min: 0, max: DAY_MIN / 5 - 1 }), { minLength: 2, maxLength: 6 })
    .chain((places) => fc.constant(places.length % 2 === 0 ? places : places.slice(1)))
    .map((places) => places.map((place) => place * 5).sort((one, other) => one - other))
    .chain((ends) => fc.boolean().map((isNightly) => (isNightly ? [...ends.slice(1), ends[0] ?? 0] : ends)))
    .map((ends) =>
      ends.flatMap((from, index) =>
        index % 2 === 0 ? [{ from: timeText(from), to: timeText(ends[index + 1] ?? 0) }] : [],
      ),
    ),
});

const ruleOn = (day: number) =>
  fc
    .oneof(
      cron,
      weekdays,
      windows,
      fc.record({
        kind: fc.constant('interval' as const),
        every_min: fc.integer({ min: 1, max: 3_000 }),
        from: fc
          .integer({ min: -10 * DAY_MIN, max: 2 * DAY_MIN })
          .map((minutes) => new Date(day * DAY_MS + minutes * 60_000).toISOString()),
      }),
      fc.record({
        kind: fc.constant('once' as const),
        date: fc.integer({ min: -1, max: 2 }).map((days) => dateText(day + days)),
        time,
      }),
    )
    .filter(isReadable);

const dateText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** A day in those years; every other one lies around a change of clocks. */
const dayIn = (timeZone: string) =>
  fc
    .tuple(fc.integer({ min: FIRST_DAY, max: FIRST_DAY + YEARS * 365 }), fc.boolean())
    .map(([day, isNearChange]) => (isNearChange ? (nextChange(timeZone, day) ?? day) : day) - 1);

function nextChange(timeZone: string, from: number): number | null {
  const zone = zoneNamed(timeZone);
  const before = zone.offsetMs(from * DAY_MS);
  for (let day = from; day < from + 400; day++) {
    if (zone.offsetMs((day + 1) * DAY_MS) !== before) return day;
  }
  return null;
}

const schedule = fc
  .constantFrom(...ZONES)
  .chain((timezone) => fc.tuple(fc.constant(timezone), dayIn(timezone)))
  .chain(([timezone, day]) =>
    fc.record({
      day: fc.constant(day),
      timezone: fc.constant(timezone),
      rule: ruleOn(day),
      pausedUntil: fc.option(fc.integer({ min: -1, max: 2 }).map((days) => dateText(day + days))),
    }),
  );

it('names the same instants and volumes as the product', { timeout: RUNS * 1_000 }, () => {
  fc.assert(
    fc.property(schedule, ({ day, ...settings }) => {
      const asking: Asking = { ...settings, volumeMl: 5 };
      const walked = Array.from({ length: DAYS_WALKED }, (_, index) => dueOnDay(asking, day + index)).flat();
      const [fromMs, untilMs] = [day * DAY_MS, (day + DAYS_WALKED) * DAY_MS];
      const found = [...occurrences(recurringOf(asking), zoneNamed(asking.timezone), fromMs, untilMs)];
      expect(found).toEqual(walked);
    }),
    { numRuns: RUNS },
  );
});

it('shows a time once, when clocks show it first or go on past it', () => {
  const walk = wallWalk('Europe/Warsaw');
  const minute = (text: string) => Date.parse(`${text}Z`) / 60_000;
  expect(walk.firstBy(minute('2027-03-28T02:30'))).toBe(minute('2027-03-28T01:00'));
  expect(walk.firstBy(minute('2027-10-31T02:30'))).toBe(minute('2027-10-31T00:30'));
  expect(walk.latest(minute('2027-10-31T01:15'))).toBe(minute('2027-10-31T02:59'));
});
