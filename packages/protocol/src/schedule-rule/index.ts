import {
  type CivilDay,
  type CronProblem,
  civilDayOf,
  cronRuleText,
  type DayMask,
  type DayWindow,
  MINUTE_MS,
  MINUTES_A_DAY,
  parseCron,
  type Recurrence,
  WEEK_DAY_NAMES,
  type WeekDayName,
  windowsProblem,
} from '@perista/core';
import type { ScheduleRule } from '../api/schedules.ts';

/** What is wrong with a rule, by a name that every language can translate. */
export type RuleProblem =
  | CronProblem
  | { readonly kind: 'no-such-day'; readonly text: string }
  | { readonly kind: 'empty-window' | 'windows-meet' }
  | { readonly kind: 'too-many-doses'; readonly doses: number; readonly minutes: number }
  | { readonly kind: 'named-twice'; readonly text: string };

/** One thing that is wrong, and where in the rule, such as `windows[0].to`. */
export interface RuleError {
  readonly path: string;
  readonly problem: RuleProblem;
}

/** A rule as the API writes it, as one to reckon with; or all that is wrong with it. */
export type ReadRule =
  | { readonly kind: 'recurrence'; readonly recurrence: Recurrence }
  | { readonly kind: 'wrong'; readonly errors: readonly RuleError[] };

export function readRule(rule: ScheduleRule): ReadRule {
  switch (rule.kind) {
    case 'cron': {
      const parsed = parseCron(rule.expression);
      return parsed.kind === 'cron' ? found(parsed) : wrong('expression', parsed.problem);
    }
    case 'interval':
      return found({ kind: 'interval', everyMs: rule.every_min * MINUTE_MS, fromMs: Date.parse(rule.from ?? '') });
    case 'windows':
      return readWindows(rule);
    case 'once': {
      const day = readDay(rule.date);
      if (day === null) return wrong('date', { kind: 'no-such-day', text: rule.date });
      return found({ kind: 'once', day, minute: minuteOf(rule.time) });
    }
    case 'weekdays':
      return readWeekdays(rule);
  }
}

/** A day such as 2027-03-28; null for one that no calendar has. */
export function readDay(text: string): CivilDay | null {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return civilDayOf({ year, month, day });
}

/** The rule that is broken, as "must …". */
export function ruleText(problem: RuleProblem): string {
  switch (problem.kind) {
    case 'no-such-day':
      return `must be a day that a calendar has, is "${problem.text}"`;
    case 'empty-window':
      return 'must differ from its beginning: the window is empty';
    case 'windows-meet':
      return 'must end before the next window begins';
    case 'too-many-doses':
      return `must be at most one for each minute of the windows, which have ${problem.minutes}; is ${problem.doses}`;
    case 'named-twice':
      return `must be named once, is "${problem.text}" again`;
    default:
      return cronRuleText(problem);
  }
}

const found = (recurrence: Recurrence): ReadRule => ({ kind: 'recurrence', recurrence });

const wrong = (path: string, problem: RuleProblem): ReadRule => ({ kind: 'wrong', errors: [{ path, problem }] });

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function readWindows({ doses_per_day, windows }: Extract<ScheduleRule, { kind: 'windows' }>): ReadRule {
  const inOrder = windows
    .map(({ from, to }, place) => ({ ...windowOf(from, to), place }))
    .sort((a, b) => a.fromMin - b.fromMin);
  const problem = windowsProblem(inOrder, doses_per_day);
  if (problem === null) return found({ kind: 'windows', doses: doses_per_day, windows: inOrder });
  if (problem.kind === 'too-many') {
    return wrong('doses_per_day', { kind: 'too-many-doses', doses: doses_per_day, minutes: problem.minutes });
  }
  const path = `windows[${inOrder[problem.index]?.place ?? problem.index}]`;
  if (problem.kind === 'empty') return wrong(`${path}.to`, { kind: 'empty-window' });
  return wrong(path, { kind: 'windows-meet' });
}

/** One that ends before it begins lasts over midnight. */
function windowOf(from: string, to: string): DayWindow {
  const [fromMin, toMin] = [minuteOf(from), minuteOf(to)];
  return { fromMin, toMin: toMin < fromMin ? toMin + MINUTES_A_DAY : toMin };
}

function readWeekdays({ days, times }: Extract<ScheduleRule, { kind: 'weekdays' }>): ReadRule {
  const errors = [...doubles('days', days), ...doubles('times', times)];
  if (errors.length > 0) return { kind: 'wrong', errors };
  return found({ kind: 'weekdays', days: maskOf(days), minutes: times.map(minuteOf).sort((a, b) => a - b) });
}

const doubles = (path: string, names: readonly string[]): RuleError[] =>
  names.flatMap((text, index): RuleError[] =>
    names.indexOf(text) === index ? [] : [{ path: `${path}[${index}]`, problem: { kind: 'named-twice', text } }],
  );

const maskOf = (days: readonly WeekDayName[]): DayMask =>
  days.reduce((mask, day) => mask | (1 << WEEK_DAY_NAMES.indexOf(day)), 0);
