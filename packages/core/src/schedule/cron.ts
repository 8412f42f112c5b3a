import { type CivilDay, dateOf } from '../calendar/civil-day.ts';
import { weekDayOf } from '../weekly-plan/week-days.ts';

/** Minutes and days on which a cron expression is due, in the civil time of its zone. */
export interface Cron {
  /** Minutes of the day, ascending. */
  readonly minutes: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Sunday 0 to Saturday 6, as cron counts. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Both kinds of days are named: a day has to be one of either, not of both (crontab(5)). */
  readonly isEitherDay: boolean;
}

export type CronFieldName = 'minute' | 'hour' | 'day of month' | 'month' | 'day of week';

/** What is wrong with an expression. */
export type CronProblem =
  | { readonly kind: 'five-fields' | 'never-due'; readonly text: string }
  | {
      readonly kind: 'out-of-range' | 'wrong-step';
      readonly field: CronFieldName;
      readonly least: number;
      readonly most: number;
      readonly text: string;
    }
  | { readonly kind: 'two-steps' | 'wrong-range'; readonly field: CronFieldName; readonly text: string };

export type ParsedCron =
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'wrong'; readonly problem: CronProblem };

interface Field {
  readonly name: CronFieldName;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE: Field = { name: 'minute', least: 0, most: 59 };
const HOUR: Field = { name: 'hour', least: 0, most: 23 };
const DAY_OF_MONTH: Field = { name: 'day of month', least: 1, most: 31 };
const MONTH: Field = { name: 'month', least: 1, most: 12, names: MONTH_NAMES };
/** 7 is Sunday too. */
const DAY_OF_WEEK: Field = { name: 'day of week', least: 0, most: 7, names: DAY_NAMES };

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Thrown and caught here alone: a field may fail deep inside a list. */
class WrongField extends Error {
  readonly problem: CronProblem;

  constructor(problem: CronProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/**
 * Reads the five fields of crontab(5): lists, ranges, steps, names of months and days; nothing beyond them.
 */
export function parseCron(expression: string): ParsedCron {
  const parts = expression.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts;
  if (parts.length !== 5 || minute === undefined || hour === undefined)
    return wrong({ kind: 'five-fields', text: expression });
  if (dayOfMonth === undefined || month === undefined || dayOfWeek === undefined)
    return wrong({ kind: 'five-fields', text: expression });
  try {
    const hours = [...parseField(hour, HOUR)].sort(ascending);
    const minutesOfHour = [...parseField(minute, MINUTE)].sort(ascending);
    const cron: Cron = {
      minutes: hours.flatMap((each) => minutesOfHour.map((one) => each * 60 + one)),
      daysOfMonth: parseField(dayOfMonth, DAY_OF_MONTH),
      months: parseField(month, MONTH),
      daysOfWeek: new Set([...parseField(dayOfWeek, DAY_OF_WEEK)].map((day) => day % 7)),
      isEitherDay: !dayOfMonth.startsWith('*') && !dayOfWeek.startsWith('*'),
    };
    return isEverDue(cron) ? { kind: 'cron', cron } : wrong({ kind: 'never-due', text: expression });
  } catch (error) {
    if (error instanceof WrongField) return wrong(error.problem);
    throw error;
  }
}

export function isCronDay(cron: Cron, civilDay: CivilDay): boolean {
  const { month, day } = dateOf(civilDay);
  if (!cron.months.has(month)) return false;
  const isOfMonth = cron.daysOfMonth.has(day);
  const isOfWeek = cron.daysOfWeek.has((weekDayOf(civilDay) + 1) % 7);
  return cron.isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
}

/** The rule that an expression breaks, as "must …". */
export function cronRuleText(problem: CronProblem): string {
  switch (problem.kind) {
    case 'five-fields':
      return `must have five fields: minute, hour, day of month, month, day of week; is "${problem.text}"`;
    case 'out-of-range':
      return `must have ${problem.least} to ${problem.most} as ${problem.field}, not "${problem.text}"`;
    case 'wrong-step':
      return `must have ${problem.least} to ${problem.most} as step of the ${problem.field}, not "${problem.text}"`;
    case 'two-steps':
      return `must have one step at most in its ${problem.field}, not "${problem.text}"`;
    case 'wrong-range':
      return `must have ranges from less to more in its ${problem.field}, not "${problem.text}"`;
    case 'never-due':
      return `must name a day that one of its months has, is "${problem.text}"`;
  }
}

const wrong = (problem: CronProblem): ParsedCron => ({ kind: 'wrong', problem });

const ascending = (a: number, b: number) => a - b;

/** Not so 30 February. */
const isEverDue = ({ isEitherDay, months, daysOfMonth }: Cron): boolean =>
  isEitherDay || [...months].some((month) => Math.min(...daysOfMonth) <= (LONGEST_MONTHS[month - 1] ?? 0));

function parseField(text: string, field: Field): Set<number> {
  return new Set(text.split(',').flatMap((part) => parsePart(part, field)));
}

/** `*`, `5`, `1-5`, each with a step behind `/`; a step after a single number runs to the end, as `5/15` does. */
function parsePart(part: string, field: Field): number[] {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0) throw new WrongField({ kind: 'two-steps', field: field.name, text: part });
  const by = step === undefined ? 1 : parseStep(step, field);
  const [from, to] = parseRange(range, field, step !== undefined);
  const values: number[] = [];
  for (let value = from; value <= to; value += by) values.push(value);
  return values;
}

function parseRange(text: string, field: Field, hasStep: boolean): [number, number] {
  if (text === '*') return [field.least, field.names === DAY_NAMES ? 6 : field.most];
  const ends = text.split('-');
  const [first = '', last] = ends;
  const from = parseValue(first, field);
  if (last === undefined) return [from, hasStep ? field.most : from];
  const to = parseValue(last, field);
  if (ends.length > 2 || to < from) throw new WrongField({ kind: 'wrong-range', field: field.name, text });
  return [from, to];
}

function parseStep(text: string, { name, most }: Field): number {
  const by = numberOf(text);
  if (by >= 1 && by <= most) return by;
  throw new WrongField({ kind: 'wrong-step', field: name, least: 1, most, text });
}

function parseValue(text: string, { name, least, most, names = [] }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + (names === MONTH_NAMES ? 1 : 0);
  const value = numberOf(text);
  if (value >= least && value <= most) return value;
  throw new WrongField({ kind: 'out-of-range', field: name, least, most, text });
}

const numberOf = (text: string): number => (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN);
