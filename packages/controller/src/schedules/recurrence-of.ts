import { assert, type RecurringDose } from '@perista/core';
import { readDay, readRule } from '@perista/protocol/schedule-rule';
import type { ScheduleSettings } from './schedule-row.ts';

/** What a schedule that was checked asks for. */
export function recurringOf({
  rule,
  volumeMl,
  pausedUntil,
}: Pick<ScheduleSettings, 'rule' | 'volumeMl' | 'pausedUntil'>): RecurringDose {
  const read = readRule(rule);
  assert(read.kind === 'recurrence', 'what is kept was checked');
  return {
    recurrence: read.recurrence,
    volumeMl: rule.kind === 'windows' ? rule.daily_ml : volumeMl,
    pausedUntil: pausedUntil === null ? null : readDay(pausedUntil),
  };
}
