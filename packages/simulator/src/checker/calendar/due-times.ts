import type { ScheduleRule } from '@perista/protocol/api';
import { cronDue, type DueShown, weekDay } from './cron-due.ts';
import { type WallWalk, wallWalk } from './wall-walk.ts';

const DAY_MIN = 1440;
const MINUTE_MS = 60_000;
const DAY_MS = DAY_MIN * MINUTE_MS;
const STEPS_PER_ML = 1000;
const WEEK_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** What a schedule says of its doses, as it stands in the books. */
export interface Asking {
  readonly rule: ScheduleRule;
  readonly volumeMl: number;
  /** IANA name. */
  readonly timezone: string;
  /** Such as 2027-03-28. */
  readonly pausedUntil: string | null;
}

export interface DueTime {
  readonly dueMs: number;
  readonly volumeMl: number;
}

/** What is due in a day of UTC, the earliest first. */
export function dueOnDay(asking: Asking, utcDay: number): DueTime[] {
  const walk = wallWalk(asking.timezone);
  const { pausedUntil } = asking;
  const due = dueByRule(asking, walk, utcDay);
  if (pausedUntil === null) return due;
  const resumes = wallDay(pausedUntil) * DAY_MIN;
  return due.filter(({ dueMs }) => walk.latest(Math.floor(dueMs / MINUTE_MS)) >= resumes);
}

function dueByRule({ rule, volumeMl }: Asking, walk: WallWalk, utcDay: number): DueTime[] {
  switch (rule.kind) {
    case 'interval':
      return ticksOn(utcDay, Date.parse(rule.from ?? ''), rule.every_min * MINUTE_MS, volumeMl);
    case 'windows':
      return [-2, -1, 0, 1]
        .flatMap((days) => dosesOf(rule, walk, utcDay + days))
        .filter(({ dueMs }) => Math.floor(dueMs / DAY_MS) === utcDay);
    case 'cron':
      return shownOn(walk, utcDay, cronDue(rule.expression), volumeMl);
    case 'weekdays': {
      const minutes = new Set(rule.times.map(minuteOf));
      const isDay = (day: number) => (rule.days as readonly string[]).includes(WEEK_DAYS[weekDay(day)] ?? '');
      return shownOn(walk, utcDay, { minutes, isDay }, volumeMl);
    }
    case 'once': {
      const date = wallDay(rule.date);
      return shownOn(walk, utcDay, { minutes: new Set([minuteOf(rule.time)]), isDay: (day) => day === date }, volumeMl);
    }
  }
}

/** Each minute is due in which a clock shows, for the first time or in its going on, a time that is. */
function shownOn(walk: WallWalk, utcDay: number, { minutes, isDay }: DueShown, volumeMl: number): DueTime[] {
  const due: DueTime[] = [];
  const first = utcDay * DAY_MIN;
  let before = walk.latest(first - 1);
  for (let minute = first; minute < first + DAY_MIN; minute++) {
    const latest = walk.latest(minute);
    let isDue = false;
    for (let shown = before + 1; shown <= latest; shown++) {
      isDue ||= minutes.has(shown % DAY_MIN) && isDay(Math.floor(shown / DAY_MIN));
    }
    if (isDue) due.push({ dueMs: minute * MINUTE_MS, volumeMl });
    before = latest;
  }
  return due;
}

function ticksOn(utcDay: number, fromMs: number, everyMs: number, volumeMl: number): DueTime[] {
  const due: DueTime[] = [];
  const skipped = Math.max(0, Math.floor((utcDay * DAY_MS - fromMs) / everyMs));
  for (let dueMs = fromMs + skipped * everyMs; dueMs < (utcDay + 1) * DAY_MS; dueMs += everyMs) {
    if (dueMs >= utcDay * DAY_MS) due.push({ dueMs, volumeMl });
  }
  return due;
}

/** The doses of a day on the wall: its windows are laid end to end, minute by minute, and the doses spread over them. */
function dosesOf(rule: Extract<ScheduleRule, { kind: 'windows' }>, walk: WallWalk, day: number): DueTime[] {
  const start = day * DAY_MIN;
  if (walk.firstBy(start) === walk.firstBy(start + DAY_MIN)) return [];
  const { windows, doses_per_day: count, daily_ml } = rule;
  const minutes = windows
    .map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }))
    .sort((one, other) => one.from - other.from)
    .map(({ from, to }) => [start + from, start + (to < from ? to + DAY_MIN : to)])
    .flatMap(([from = 0, to = 0]) => range(walk.firstBy(from), walk.firstBy(to)));
  const isTight = minutes.length < count;
  const steps = Math.round(daily_ml * STEPS_PER_ML);
  return Array.from({ length: count }, (_, index) => {
    const place = isTight ? index : Math.floor((minutes.length * index) / count);
    const last = minutes.at(-1) ?? walk.firstBy(start);
    const minute = minutes[place] ?? last + 1 + place - minutes.length;
    const upTo = (doses: number) => Math.round((steps * doses) / count);
    return { dueMs: minute * MINUTE_MS, volumeMl: (upTo(index + 1) - upTo(index)) / STEPS_PER_ML };
  });
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const wallDay = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
