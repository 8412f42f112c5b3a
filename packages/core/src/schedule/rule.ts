import { type CivilDay, MINUTES_A_DAY } from '../calendar/civil-day.ts';
import type { DayMask } from '../weekly-plan/week-days.ts';
import type { Cron } from './cron.ts';

/** A part of the day, minutes after midnight; `toMin` may be up to a day later, past midnight. */
export interface DayWindow {
  readonly fromMin: number;
  readonly toMin: number;
}

/** Times of the clock in a zone. */
export type ClockRecurrence =
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'once'; readonly day: CivilDay; readonly minute: number }
  | { readonly kind: 'weekdays'; readonly days: DayMask; readonly minutes: readonly number[] };

/** So many doses a day, spread evenly over its windows. */
export interface WindowRecurrence {
  readonly kind: 'windows';
  readonly doses: number;
  readonly windows: readonly DayWindow[];
}

/** Counted in elapsed time, whatever clocks do. */
export interface IntervalRecurrence {
  readonly kind: 'interval';
  readonly everyMs: number;
  readonly fromMs: number;
}

/** When doses are due. */
export type Recurrence = ClockRecurrence | WindowRecurrence | IntervalRecurrence;

/** What is to be given, and when. */
export interface RecurringDose {
  readonly recurrence: Recurrence;
  /** Volume of a dose, ml; of `windows` that of all doses of a day together. */
  readonly volumeMl: number;
  /** Nothing is due before that day begins in the zone; null: it is not paused. */
  readonly pausedUntil: CivilDay | null;
}

/** What stands in the way of windows: an empty one, two that meet, or too little time for so many doses. */
export type WindowsProblem =
  | { readonly kind: 'empty'; readonly index: number }
  | { readonly kind: 'overlap'; readonly index: number }
  | { readonly kind: 'too-many'; readonly minutes: number };

/** The first thing that is wrong with `windows`, which have to be in the order of their beginnings, or null. */
export function windowsProblem(windows: readonly DayWindow[], doses: number): WindowsProblem | null {
  let minutes = 0;
  for (const [index, { fromMin, toMin }] of windows.entries()) {
    if (toMin <= fromMin) return { kind: 'empty', index };
    const next = windows[index + 1]?.fromMin ?? (windows[0]?.fromMin ?? 0) + MINUTES_A_DAY;
    if (toMin > next) return { kind: 'overlap', index };
    minutes += toMin - fromMin;
  }
  return doses > minutes ? { kind: 'too-many', minutes } : null;
}
