import {
  DAY_MS,
  type DayMask,
  EVERY_DAY,
  instantOf,
  isDayOn,
  MINUTE_MS,
  occurrences,
  WEEK_DAY_NAMES,
  wallAt,
} from '@perista/core';
import type { NewSchedule, Schedule, ScheduleRule } from '@perista/protocol/api';
import { type RuleProblem, readDay, readRule } from '@perista/protocol/schedule-rule';
import { type FieldProblem, readField } from '../dose/dose-draft.ts';
import { browserZone, isZone } from './browser-zone.ts';

export const RULE_KINDS = ['weekdays', 'windows', 'interval', 'once', 'cron'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export interface WindowDraft {
  readonly from: string;
  readonly to: string;
}

/** What stands in the form, as typed. What one kind of rule does not need is kept for another. */
export interface ScheduleDraft {
  readonly pumpId: string;
  readonly kind: RuleKind;
  readonly volume: string;
  readonly duration: string;
  readonly days: DayMask;
  readonly times: readonly string[];
  readonly doses: string;
  readonly windows: readonly WindowDraft[];
  readonly everyHours: string;
  /** Both empty: it begins when it is saved. */
  readonly firstDay: string;
  readonly firstTime: string;
  readonly date: string;
  readonly time: string;
  readonly cron: string;
  readonly timezone: string;
  readonly toleranceMin: string;
  readonly missedPolicy: NonNullable<NewSchedule['missed_policy']>;
  readonly pausedUntil: string;
}

export type DraftField =
  | 'volume'
  | 'duration'
  | 'days'
  | 'times'
  | 'doses'
  | 'windows'
  | 'every'
  | 'date'
  | 'cron'
  | 'timezone'
  | 'tolerance';

export type DraftProblem =
  | RuleProblem
  | { readonly kind: FieldProblem | 'no-days' | 'no-time' | 'whole' | 'whole-minutes' | 'no-zone' | 'past' };

/** What a draft amounts to, before anything is sent. */
export type DraftOutlook =
  | { readonly kind: 'wrong'; readonly field: DraftField; readonly problem: DraftProblem }
  | {
      readonly kind: 'ready';
      readonly schedule: NewSchedule & { readonly rule: ScheduleRule };
      readonly nextRuns: readonly string[];
    };

const RUNS_SHOWN = 5;
const DEFAULT_TOLERANCE_MIN = 30;

export const emptyDraft = (pumpId: string, timezone: string): ScheduleDraft => ({
  pumpId,
  kind: 'weekdays',
  volume: '',
  duration: '',
  days: EVERY_DAY,
  times: ['08:00'],
  doses: '12',
  windows: [{ from: '08:00', to: '20:00' }],
  everyHours: '8',
  firstDay: '',
  firstTime: '',
  date: '',
  time: '08:00',
  cron: '0 8 * * *',
  timezone,
  toleranceMin: String(DEFAULT_TOLERANCE_MIN),
  missedPolicy: 'late',
  pausedUntil: '',
});

/** A schedule as it stands, as `language` writes it. */
export function draftOf(schedule: Schedule, language: string): ScheduleDraft {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 9, useGrouping: false });
  const { rule } = schedule;
  return {
    ...emptyDraft(schedule.pump_id, schedule.timezone),
    kind: rule.kind,
    volume: number.format(rule.kind === 'windows' ? rule.daily_ml : schedule.volume_ml),
    duration: schedule.duration_s === null ? '' : number.format(schedule.duration_s),
    toleranceMin: number.format(schedule.tolerance_s / 60),
    missedPolicy: schedule.missed_policy,
    pausedUntil: schedule.paused_until ?? '',
    ...partsOf(rule, schedule.timezone, number),
  };
}

function partsOf(rule: ScheduleRule, timezone: string, number: Intl.NumberFormat): Partial<ScheduleDraft> {
  switch (rule.kind) {
    case 'weekdays':
      return { days: rule.days.reduce((mask, day) => mask | (1 << WEEK_DAY_NAMES.indexOf(day)), 0), times: rule.times };
    case 'windows':
      return { doses: String(rule.doses_per_day), windows: rule.windows };
    case 'interval': {
      const wallMs = wallAt(browserZone(timezone), Date.parse(rule.from ?? ''));
      const [firstDay = '', time = ''] = new Date(wallMs).toISOString().split('T');
      return { everyHours: number.format(rule.every_min / 60), firstDay, firstTime: time.slice(0, 5) };
    }
    case 'once':
      return { date: rule.date, time: rule.time };
    case 'cron':
      return { cron: rule.expression };
  }
}

/** Reads a draft by the rules that decide on the server too. The server has the last word. */
export function lookAtDraft(draft: ScheduleDraft, nowMs: number): DraftOutlook {
  const volume = readField(draft.volume);
  if (typeof volume === 'string') return wrong('volume', volume);
  const duration = draft.duration.trim() === '' ? null : readField(draft.duration);
  if (typeof duration === 'string') return wrong('duration', duration);
  const tolerance = readField(draft.toleranceMin);
  if (typeof tolerance === 'string') return wrong('tolerance', tolerance);
  if (!Number.isInteger(tolerance * 60)) return wrong('tolerance', 'whole');
  if (!isZone(draft.timezone)) return wrong('timezone', 'no-zone');
  const rule = ruleOf(draft, volume);
  if ('problem' in rule) return rule;
  const read = readRule(rule);
  if (read.kind === 'wrong') {
    const [first] = read.errors;
    return first === undefined
      ? wrong('cron', 'empty')
      : { kind: 'wrong', field: fieldOf(first.path, draft.kind), problem: first.problem };
  }
  const zone = browserZone(draft.timezone);
  const pausedUntil = draft.pausedUntil === '' ? null : readDay(draft.pausedUntil);
  const nextRuns: string[] = [];
  for (const { dueMs } of occurrences(
    { recurrence: withStart(read.recurrence, nowMs), volumeMl: volume, pausedUntil },
    zone,
    nowMs,
  )) {
    if (nextRuns.push(new Date(dueMs).toISOString()) === RUNS_SHOWN) break;
  }
  if (nextRuns.length === 0) return wrong(draft.kind === 'once' ? 'date' : 'every', 'past');
  return {
    kind: 'ready',
    nextRuns,
    schedule: {
      pump_id: draft.pumpId,
      rule,
      ...(rule.kind !== 'windows' && { volume_ml: volume }),
      ...(duration !== null && { duration_s: duration }),
      tolerance_s: tolerance * 60,
      missed_policy: draft.missedPolicy,
      timezone: draft.timezone,
      ...(draft.pausedUntil !== '' && { paused_until: draft.pausedUntil }),
    },
  };
}

/** Which field of the form a path of the API is about; null for none of them. */
export function fieldOfPath(path: string, kind: RuleKind): DraftField | null {
  const name = {
    volume_ml: 'volume',
    'rule.daily_ml': 'volume',
    duration_s: 'duration',
    timezone: 'timezone',
    tolerance_s: 'tolerance',
  }[path];
  if (name !== undefined) return name as DraftField;
  return path.startsWith('rule') || path === 'cron' ? fieldOf(path.replace(/^rule\.?/, ''), kind) : null;
}

function fieldOf(path: string, kind: RuleKind): DraftField {
  if (path.startsWith('windows')) return 'windows';
  if (path.startsWith('days')) return 'days';
  if (path.startsWith('times')) return 'times';
  if (path.startsWith('doses')) return 'doses';
  return ({ weekdays: 'times', windows: 'windows', interval: 'every', once: 'date', cron: 'cron' } as const)[kind];
}

const wrong = (field: DraftField, kind: Extract<DraftProblem, { readonly kind: string }>['kind']) =>
  ({ kind: 'wrong', field, problem: { kind } as DraftProblem }) as const;

/** An interval without a first dose begins now. */
const withStart = <Any extends { readonly kind: string }>(recurrence: Any, nowMs: number): Any =>
  'fromMs' in recurrence && Number.isNaN(recurrence.fromMs)
    ? { ...recurrence, fromMs: Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS }
    : recurrence;

function ruleOf(draft: ScheduleDraft, volume: number): ScheduleRule | ReturnType<typeof wrong> {
  switch (draft.kind) {
    case 'weekdays': {
      const days = WEEK_DAY_NAMES.filter((_name, day) => isDayOn(draft.days, day));
      if (days.length === 0) return wrong('days', 'no-days');
      if (draft.times.includes('')) return wrong('times', 'no-time');
      return { kind: 'weekdays', days, times: [...draft.times] };
    }
    case 'windows': {
      const doses = readField(draft.doses);
      if (typeof doses === 'string') return wrong('doses', doses);
      if (!Number.isInteger(doses)) return wrong('doses', 'whole');
      if (draft.windows.some(({ from, to }) => from === '' || to === '')) return wrong('windows', 'no-time');
      return {
        kind: 'windows',
        doses_per_day: doses,
        daily_ml: volume,
        windows: draft.windows.map((window) => ({ ...window })),
      };
    }
    case 'interval': {
      const hours = readField(draft.everyHours);
      if (typeof hours === 'string') return wrong('every', hours);
      const minutes = Math.round(hours * 60);
      if (minutes < 1 || Math.abs(minutes - hours * 60) > 1e-6) return wrong('every', 'whole-minutes');
      if ((draft.firstDay === '') !== (draft.firstTime === '')) return wrong('every', 'no-time');
      return { kind: 'interval', every_min: minutes, ...(draft.firstDay !== '' && { from: instantText(draft) }) };
    }
    case 'once':
      if (draft.date === '' || draft.time === '') return wrong('date', 'no-time');
      return { kind: 'once', date: draft.date, time: draft.time };
    case 'cron':
      return { kind: 'cron', expression: draft.cron.trim() };
  }
}

function instantText({ firstDay, firstTime, timezone }: ScheduleDraft): string {
  const [hours = 0, minutes = 0] = firstTime.split(':').map(Number);
  const wallMs = (readDay(firstDay) ?? 0) * DAY_MS + (hours * 60 + minutes) * MINUTE_MS;
  return new Date(instantOf(browserZone(timezone), wallMs)).toISOString();
}
