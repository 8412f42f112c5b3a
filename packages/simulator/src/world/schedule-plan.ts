import type { Random } from '@perista/core';
import type { NewSchedule, ScheduleRule } from '@perista/protocol/api';

/** The schedules that a unit gets, and the time at which its world begins. */
export interface PlannedCalendar {
  /** ms since 1970 */
  readonly beginsMs: number;
  /** Zones by which its people go, the site's as `undefined`. */
  readonly zones: readonly (string | undefined)[];
  readonly schedules: readonly NewSchedule[];
}

const DAY_MS = 86_400_000;
const DAY_MIN = 1440;
/** Part of the worlds that have schedules. */
const SHARE = 0.5;
const AT_MOST = 4;
/** The pumps that have schedules are steppers: those of relays have their weekly plans. */
const PUMPS = ['ph-down', 'nutrient-a'] as const;
const VOLUMES = [0.05, 0.4] as const;
const DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Where worlds begin: on a day like others, or two days before clocks are changed somewhere. */
const PLACES: readonly Omit<PlannedCalendar, 'schedules'>[] = [
  { beginsMs: Date.UTC(2026, 0, 5, 6), zones: [undefined, 'UTC', 'Asia/Kathmandu'] },
  { beginsMs: Date.UTC(2026, 2, 27, 6), zones: [undefined, undefined, 'Europe/London'] },
  { beginsMs: Date.UTC(2026, 9, 23, 6), zones: [undefined, undefined, 'Europe/London'] },
  { beginsMs: Date.UTC(2027, 2, 12, 6), zones: ['America/New_York', 'America/St_Johns', undefined] },
  { beginsMs: Date.UTC(2027, 10, 5, 6), zones: ['America/New_York', 'America/Havana', undefined] },
  { beginsMs: Date.UTC(2028, 3, 1, 6), zones: ['Australia/Lord_Howe', 'Pacific/Chatham', 'UTC'] },
  { beginsMs: Date.UTC(2028, 8, 29, 6), zones: ['Australia/Lord_Howe', 'Australia/Adelaide', undefined] },
];

const [ORDINARY] = PLACES;
export const NO_CALENDAR: PlannedCalendar = {
  beginsMs: ORDINARY?.beginsMs ?? 0,
  zones: [undefined],
  schedules: [],
};

/** Schedules of every kind by chance; none in half of the worlds. */
export function planCalendar(random: Random): PlannedCalendar {
  if (random.unit() >= SHARE) return NO_CALENDAR;
  const place = pick(random, PLACES);
  const count = 1 + Math.floor(random.unit() * AT_MOST);
  return { ...place, schedules: Array.from({ length: count }, () => planSchedule(random, place, place.beginsMs)) };
}

/** One schedule by chance, of a world in which it is `wallMs` now. */
export function planSchedule(
  random: Random,
  { zones }: Pick<PlannedCalendar, 'zones'>,
  wallMs: number,
): NewSchedule & { readonly rule: ScheduleRule } {
  const rule = planRule(random, wallMs);
  const timezone = pick(random, zones);
  // A single date that lies in a pause is refused.
  const isPaused = random.unit() < 0.1 && rule.kind !== 'once';
  return {
    pump_id: pick(random, PUMPS),
    rule,
    ...(rule.kind !== 'windows' && { volume_ml: ml(random, 1) }),
    ...(timezone !== undefined && { timezone }),
    ...(random.unit() < 0.5 && { tolerance_s: pick(random, [600, 900, 3_600]) }),
    ...(random.unit() < 0.3 && { missed_policy: 'skip' as const }),
    ...(random.unit() < 0.1 && { enabled: false }),
    ...(isPaused && { paused_until: dateIn(random, wallMs) }),
  };
}

/** When doses are due: some times a day, often in the hours in which clocks are changed. */
function planRule(random: Random, wallMs: number): ScheduleRule {
  const chance = random.unit();
  if (chance < 0.35) return { kind: 'cron', expression: planCron(random) };
  if (chance < 0.5) return { kind: 'interval', every_min: 200 + Math.floor(random.unit() * 600) };
  if (chance < 0.75) return planWindows(random);
  if (chance < 0.85) return { kind: 'once', date: dateIn(random, wallMs), time: time(random) };
  const days = DAY_NAMES.filter(() => random.unit() < 0.7);
  return {
    kind: 'weekdays',
    days: days.length === 0 ? ['sun'] : days,
    times: [...new Set([time(random), time(random)])],
  };
}

function planCron(random: Random): string {
  const minute = Math.floor(random.unit() * 60);
  return pick(random, [
    '30 2 * * *',
    '*/30 2 * * *',
    `${minute} 1-3 * * *`,
    `${minute} */7 * * *`,
    `${minute} 2,14 * * 0,1,6`,
    `${minute} 3 29-31,1-8 * 0`,
  ]);
}

function planWindows(random: Random): ScheduleRule {
  const doses_per_day = 1 + Math.floor(random.unit() * 4);
  const isNightly = random.unit() < 0.5;
  const windows = isNightly
    ? [{ from: pick(random, ['22:00', '23:30', '00:30']), to: pick(random, ['02:30', '03:00', '05:00']) }]
    : [
        { from: '01:00', to: pick(random, ['02:00', '03:15']) },
        { from: pick(random, ['09:00', '17:45']), to: '24:00' },
      ];
  return { kind: 'windows', doses_per_day, daily_ml: ml(random, doses_per_day), windows };
}

/** A time of the day, every other one in the hours in which clocks are changed. */
function time(random: Random): string {
  const minute = random.unit() < 0.5 ? 60 + random.unit() * 150 : random.unit() * DAY_MIN;
  const [hours, minutes] = [Math.floor(minute / 60), Math.floor(minute % 60)];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

/** One of the days to come. */
const dateIn = (random: Random, wallMs: number): string =>
  new Date(wallMs + (1 + Math.floor(random.unit() * 4)) * DAY_MS).toISOString().slice(0, 10);

const ml = (random: Random, doses: number): number => {
  const [from, to] = VOLUMES;
  return Math.round(doses * (from + (to - from) * random.unit()) * 1000) / 1000;
};

function pick<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random.unit() * choices.length)];
  if (chosen === undefined && !choices.includes(chosen as T)) throw new Error('there is nothing to choose from');
  return chosen as T;
}
