import { type CivilDay, DAY_MS, dayOfWall, MINUTE_MS } from '../calendar/civil-day.ts';
import { instantOf, wallAt, type Zone } from '../calendar/zone.ts';
import { isDayOn, weekDayOf } from '../weekly-plan/week-days.ts';
import { isCronDay } from './cron.ts';
import type { ClockRecurrence, IntervalRecurrence, RecurringDose, WindowRecurrence } from './rule.ts';
import { shareOf, spreadOver } from './spread.ts';

/** One dose of a schedule: when it is due, ms since 1970, and what it is to give. */
export interface Occurrence {
  readonly dueMs: number;
  readonly volumeMl: number;
}

/** 1 January 2100: no clock that shows more is believed, and nothing is looked for beyond. */
const LAST_MS = 4_102_444_800_000;

/** A time that a place leaves out falls due as much as a day after what its calendar says. */
const DAYS_BEFORE = 2;

/** Id of the dose of an occurrence: whoever asks twice asks for the same dose (P1). Such as `s-1.20270328T060000Z`. */
export const occurrenceDoseId = (scheduleId: string, dueMs: number): string =>
  `${scheduleId}.${new Date(dueMs).toISOString().replace(/[-:]|\.\d{3}/g, '')}`;

/**
 * What is due from `fromMs` on, the earliest first, each instant once; it ends before `untilMs`, where nothing more is due,
 * or with the century. Ask for as many as are needed.
 */
export function* occurrences(
  { recurrence, volumeMl, pausedUntil }: RecurringDose,
  zone: Zone,
  fromMs: number,
  untilMs: number = LAST_MS,
): Generator<Occurrence> {
  const resumesMs = pausedUntil === null ? Number.NEGATIVE_INFINITY : instantOf(zone, pausedUntil * DAY_MS);
  const firstMs = Math.max(fromMs, resumesMs);
  const endMs = Math.min(untilMs, LAST_MS);
  const all =
    recurrence.kind === 'interval'
      ? ticks(recurrence, firstMs, volumeMl)
      : byDay(recurrence, zone, firstMs, endMs, volumeMl);
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const occurrence of all) {
    if (occurrence.dueMs >= endMs) return;
    if (occurrence.dueMs < firstMs || occurrence.dueMs === lastMs) continue;
    lastMs = occurrence.dueMs;
    yield occurrence;
  }
}

function* ticks({ everyMs, fromMs }: IntervalRecurrence, firstMs: number, volumeMl: number): Generator<Occurrence> {
  for (let count = Math.max(0, Math.ceil((firstMs - fromMs) / everyMs)); ; count++) {
    yield { dueMs: fromMs + count * everyMs, volumeMl };
  }
}

function* byDay(
  recurrence: ClockRecurrence | WindowRecurrence,
  zone: Zone,
  fromMs: number,
  untilMs: number,
  volumeMl: number,
): Generator<Occurrence> {
  const once = recurrence.kind === 'once' ? recurrence.day : null;
  const lastDay = once ?? dayOfWall(untilMs) + DAYS_BEFORE;
  const firstDay = once ?? dayOfWall(wallAt(zone, Math.max(fromMs, 0))) - DAYS_BEFORE;
  for (let day = firstDay; day <= lastDay; day++) yield* ofDay(recurrence, zone, day, volumeMl);
}

function ofDay(
  recurrence: ClockRecurrence | WindowRecurrence,
  zone: Zone,
  day: CivilDay,
  volumeMl: number,
): Occurrence[] {
  if (recurrence.kind === 'windows') {
    const { windows, doses } = recurrence;
    return spreadOver(windows, doses, day, zone).map((dueMs, index) => ({
      dueMs,
      volumeMl: shareOf(volumeMl, index, doses),
    }));
  }
  return minutesOf(recurrence, day).map((minute) => ({
    dueMs: instantOf(zone, day * DAY_MS + minute * MINUTE_MS),
    volumeMl,
  }));
}

function minutesOf(recurrence: ClockRecurrence, day: CivilDay): readonly number[] {
  switch (recurrence.kind) {
    case 'cron':
      return isCronDay(recurrence.cron, day) ? recurrence.cron.minutes : [];
    case 'weekdays':
      return isDayOn(recurrence.days, weekDayOf(day)) ? recurrence.minutes : [];
    case 'once':
      return [recurrence.minute];
  }
}
