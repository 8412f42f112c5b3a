import { MINUTE_MS, type MissedPolicy, shareOf } from '@perista/core';
import type { NewSchedule, SchedulePatch, ScheduleRule } from '@perista/protocol/api';
import { readRule, ruleText } from '@perista/protocol/schedule-rule';
import { type FieldError, WrongFields } from '../wrong-fields.ts';
import type { ScheduleSettings } from './schedule-row.ts';

/** Late only, and no longer than this unless a schedule says otherwise. Seed 001 section 5. */
const DEFAULT_TOLERANCE_S = 1800;

type Input = NewSchedule | SchedulePatch;

/** What is known before anybody has said anything. */
export interface Blank {
  /** The one pump of the unit, if there is one. */
  readonly pumpId: string | null;
  readonly pumpIds: readonly string[];
  /** IANA zone of the site. */
  readonly timezone: string;
  readonly nowMs: number;
}

/**
 * What a schedule shall be after `input`; `before` is what it was, null for a new one.
 * @throws PeristaError E402 with every field that is missing, contradicts another, or breaks its rule
 */
export function settingsAfter(input: Input, before: ScheduleSettings | null, blank: Blank): ScheduleSettings {
  const errors: FieldError[] = [];
  const pumpId = input.pump_id ?? before?.pumpId ?? blank.pumpId;
  if (pumpId === null)
    errors.push({ path: 'pump_id', message: `is missing; it must be one of ${blank.pumpIds.join(', ')}` });
  else if (!blank.pumpIds.includes(pumpId))
    errors.push({ path: 'pump_id', message: `must be the id of a pump, is "${pumpId}"` });
  const duration = oneOf(input, 'duration_s', 'duration', errors);
  const rule = ruleAfter(input, before, blank, errors);
  const volumeMl = rule === null ? null : volumeAfter(input, rule, before, errors);
  if (errors.length > 0 || pumpId === null || rule === null || volumeMl === null) throw new WrongFields(errors);
  return {
    pumpId,
    rule,
    volumeMl,
    durationS: duration === undefined ? (before?.durationS ?? null) : duration,
    enabled: input.enabled ?? before?.enabled ?? true,
    toleranceS: input.tolerance_s ?? before?.toleranceS ?? DEFAULT_TOLERANCE_S,
    missedPolicy: input.missed_policy ?? before?.missedPolicy ?? ('late' satisfies MissedPolicy),
    timezone: input.timezone ?? before?.timezone ?? blank.timezone,
    pausedUntil: input.paused_until === undefined ? (before?.pausedUntil ?? null) : input.paused_until,
  };
}

/** The rule of a reply or an input under the key by which it was given. */
const rulePath = ({ cron }: Pick<Input, 'cron'>, path: string): string =>
  cron === undefined ? `rule.${path}` : 'cron';

function ruleAfter(
  input: Input,
  before: ScheduleSettings | null,
  { nowMs }: Blank,
  errors: FieldError[],
): ScheduleRule | null {
  const { cron, rule } = input;
  if (cron !== undefined && rule !== undefined) {
    errors.push({ path: 'cron', message: 'must be left out where rule says when doses are due' });
    return null;
  }
  const given = cron === undefined ? rule : ({ kind: 'cron', expression: cron } as const);
  if (given === undefined) {
    if (before === null) errors.push({ path: 'cron', message: 'is missing; it, or rule, must say when doses are due' });
    return before?.rule ?? null;
  }
  const next = given.kind === 'interval' ? { ...given, from: given.from ?? nextMinute(nowMs) } : given;
  const read = readRule(next);
  if (read.kind === 'recurrence') return next;
  errors.push(...read.errors.map(({ path, problem }) => ({ path: rulePath(input, path), message: ruleText(problem) })));
  return null;
}

const nextMinute = (nowMs: number) => new Date(Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS).toISOString();

/** Of windows the volume of the largest dose: their rule has that of the day. */
function volumeAfter(
  input: Input,
  rule: ScheduleRule,
  before: ScheduleSettings | null,
  errors: FieldError[],
): number | null {
  const volume = oneOf(input, 'volume_ml', 'volume', errors);
  if (rule.kind === 'windows') {
    if (volume !== undefined)
      errors.push({ path: 'volume_ml', message: 'must be left out: rule.daily_ml says what a day has' });
    const { daily_ml, doses_per_day } = rule;
    const shares = Array.from({ length: doses_per_day }, (_, index) => shareOf(daily_ml, index, doses_per_day));
    if (Math.min(...shares) > 0) return Math.max(...shares);
    errors.push({
      path: 'rule.daily_ml',
      message: `must be at least 0.001 ml for each of ${doses_per_day} doses, is ${daily_ml}`,
    });
    return null;
  }
  const kept = before === null || before.rule.kind === 'windows' ? undefined : before.volumeMl;
  const volumeMl = volume ?? kept;
  if (volumeMl === undefined)
    errors.push({ path: 'volume_ml', message: 'is missing; it must be a number greater than 0' });
  return volumeMl ?? null;
}

/** A value that may stand under either of two names. */
function oneOf(
  input: Input,
  name: 'volume_ml' | 'duration_s',
  alias: 'volume' | 'duration',
  errors: FieldError[],
): number | null | undefined {
  const [value, other] = [input[name], input[alias]];
  if (value !== undefined && other !== undefined && value !== other) {
    errors.push({ path: alias, message: `must be left out, or be the ${value} of ${name}; is ${other}` });
  }
  return value === undefined ? other : value;
}
