// Proves that schedules fall due as a calendar walked minute by minute shows, in zones of every kind through thirty years: a
// time that is skipped is due when clocks go on, one that comes twice is due the first time (P22).
import { DAY_MS, MINUTE_MS, occurrences, parseCron, type Recurrence } from '@perista/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneNamed } from './temporal-zone.ts';

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

const FIRST_MS = Date.UTC(2010, 0, 1);
const YEARS = 30;
const DAYS_WALKED = 2;
const RUNS_OF: Readonly<Record<string, number>> = { short: 60, long: 2_000, full: 20_000 };
const RUNS = RUNS_OF[process.env.PERISTA_CAMPAIGN ?? 'short'] ?? 60;

/** What a clock on a wall shows, as `[year, month, day, hour, minute, weekday]`. */
type Shown = readonly [number, number, number, number, number, number];

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Intl knows zones, too, and not by way of Temporal. */
function wallClock(timeZone: string): (atMs: number) => Shown {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  });
  return (atMs) => {
    const [weekday = '', month, day, year, hour, minute] = format.format(atMs).split(/[,/: ]+/);
    return [Number(year), Number(month), Number(day), Number(hour), Number(minute), DAY_NAMES.indexOf(weekday)];
  };
}

const asUtc = ([year, month, day, hour, minute]: Shown) => Date.UTC(year, month - 1, day, hour, minute);

/** Instants at which something that is due when a clock shows `isDue` falls due, minute by minute. */
function walk(timeZone: string, fromMs: number, untilMs: number, isDue: (shown: Shown) => boolean): number[] {
  const clock = wallClock(timeZone);
  const found: number[] = [];
  let highestMs = asUtc(clock(fromMs - 1.5 * DAY_MS));
  for (let atMs = fromMs - 1.5 * DAY_MS + MINUTE_MS; atMs < untilMs; atMs += MINUTE_MS) {
    const wallMs = asUtc(clock(atMs));
    let due = false;
    for (let each = highestMs + MINUTE_MS; each <= wallMs; each += MINUTE_MS) due ||= isDue(utcShown(each));
    if (due && atMs >= fromMs) found.push(atMs);
    highestMs = Math.max(highestMs, wallMs);
  }
  return found;
}

function utcShown(wallMs: number): Shown {
  const date = new Date(wallMs);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCDay(),
  ];
}

/** A field, and the numbers that it stands for. */
const field = (least: number, most: number) =>
  fc.oneof(
    fc.constant({ text: '*', has: (_: number) => true, isStar: true }),
    fc
      .integer({ min: 1, max: most })
      .map((by) => ({ text: `*/${by}`, has: (n: number) => (n - least) % by === 0, isStar: true })),
    fc
      .uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 })
      .map((list) => ({ text: list.join(','), has: (n: number) => list.includes(n), isStar: false })),
  );

const arbitraryCron = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  .filter(([, , dayOfMonth, month]) => dayOfMonth.isStar || month.isStar)
  .map(([minute, hour, dayOfMonth, month, dayOfWeek]) => ({
    expression: [minute, hour, dayOfMonth, month, dayOfWeek].map(({ text }) => text).join(' '),
    isDue: ([, shownMonth, day, shownHour, shownMinute, weekday]: Shown) => {
      const [ofMonth, ofWeek] = [dayOfMonth.has(day), dayOfWeek.has(weekday)];
      const isDay = dayOfMonth.isStar || dayOfWeek.isStar ? ofMonth && ofWeek : ofMonth || ofWeek;
      return minute.has(shownMinute) && hour.has(shownHour) && month.has(shownMonth) && isDay;
    },
  }));

const arbitraryWeekdays = fc
  .record({
    days: fc.integer({ min: 1, max: 127 }),
    minutes: fc.uniqueArray(fc.integer({ min: 0, max: 1439 }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ days, minutes }) => ({
    recurrence: { kind: 'weekdays', days, minutes: minutes.toSorted((a, b) => a - b) } as const,
    isDue: ([, , , hour, minute, weekday]: Shown) =>
      minutes.includes(hour * 60 + minute) && (days & (1 << ((weekday + 6) % 7))) !== 0,
  }));

const arbitraryRule = fc.oneof(
  arbitraryCron.map(({ expression, isDue }) => ({ recurrence: cron(expression), isDue })),
  arbitraryWeekdays,
);

function cron(expression: string): Recurrence {
  const parsed = parseCron(expression);
  if (parsed.kind === 'wrong') throw new Error(`${expression} ${parsed.problem.kind}`);
  return parsed;
}

/** An instant in those years; every other one lies around a change of clocks. */
const arbitraryStart = (timeZone: string) =>
  fc.tuple(fc.integer({ min: 0, max: YEARS * 365 }), fc.boolean()).map(([days, isNearChange]) => {
    const atMs = FIRST_MS + days * DAY_MS;
    const changeMs = isNearChange ? nextChange(timeZone, atMs) : null;
    return (changeMs ?? atMs) - DAY_MS;
  });

function nextChange(timeZone: string, fromMs: number): number | null {
  const zone = zoneNamed(timeZone);
  const before = zone.offsetMs(fromMs);
  for (let day = 1; day < 400; day++) {
    if (zone.offsetMs(fromMs + day * DAY_MS) !== before) return fromMs + (day - 1) * DAY_MS;
  }
  return null;
}

describe('schedules', () => {
  it('fall due as a calendar shows that is walked minute by minute', { timeout: RUNS * 2_000 }, () => {
    const arbitraryPlace = fc.constantFrom(...ZONES).chain((zone) => fc.tuple(fc.constant(zone), arbitraryStart(zone)));
    fc.assert(
      fc.property(arbitraryPlace, arbitraryRule, ([timeZone, fromMs], { recurrence, isDue }) => {
        const untilMs = fromMs + DAYS_WALKED * DAY_MS;
        const plan = { recurrence, volumeMl: 5, pausedUntil: null };
        const found = [...occurrences(plan, zoneNamed(timeZone), fromMs, untilMs)].map(({ dueMs }) => dueMs);
        expect(found).toEqual(walk(timeZone, fromMs, untilMs, isDue));
      }),
      { numRuns: RUNS },
    );
  });

  it('of 8 o’clock in Warsaw are right across both changes of 2027', () => {
    const from = (text: string) =>
      Array.from(
        occurrences(
          { recurrence: cron('0 8 * * *'), volumeMl: 50, pausedUntil: null },
          zoneNamed('Europe/Warsaw'),
          Date.parse(text),
          Date.parse(text) + 3 * DAY_MS,
        ),
      ).map(({ dueMs }) => new Date(dueMs).toISOString());
    expect(from('2027-03-27T00:00:00Z')).toEqual([
      '2027-03-27T07:00:00.000Z',
      '2027-03-28T06:00:00.000Z',
      '2027-03-29T06:00:00.000Z',
    ]);
    expect(from('2027-10-30T00:00:00Z')).toEqual([
      '2027-10-30T06:00:00.000Z',
      '2027-10-31T07:00:00.000Z',
      '2027-11-01T07:00:00.000Z',
    ]);
  });
});

it('knows no zone that is none', () => {
  expect(() => zoneNamed('Mars/Olympus')).toThrow(RangeError);
});
