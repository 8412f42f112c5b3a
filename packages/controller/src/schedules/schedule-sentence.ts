import type { ScheduleRule } from '@perista/protocol/api';
import cronstrue from 'cronstrue';
import type { ScheduleSettings } from './schedule-row.ts';

const DAY_NAMES = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** When a schedule doses, in one sentence. */
export const scheduleSentence = ({ rule, timezone }: Pick<ScheduleSettings, 'rule' | 'timezone'>): string =>
  `${ruleSentence(rule)} (${timezone}).`;

function ruleSentence(rule: ScheduleRule): string {
  switch (rule.kind) {
    case 'cron':
      return cronstrue.toString(rule.expression, { use24HourTimeFormat: true, verbose: true });
    case 'interval':
      return `Every ${spanOf(rule.every_min)}, first at ${rule.from ?? ''}`;
    case 'windows': {
      const windows = listOf(rule.windows.map(({ from, to }) => `${from} and ${to}`));
      const doses = rule.doses_per_day === 1 ? 'One dose' : `${rule.doses_per_day} doses`;
      return `${doses} a day, ${rule.daily_ml} ml in all, between ${windows}`;
    }
    case 'once':
      return `Once, at ${rule.time} on ${rule.date}`;
    case 'weekdays': {
      const days = rule.days.length === 7 ? 'day' : listOf(rule.days.map((day) => DAY_NAMES[day]));
      return `At ${listOf(rule.times)}, every ${days}`;
    }
  }
}

function spanOf(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''];
  return parts.filter((part) => part !== '').join(' ');
}

const listOf = (items: readonly string[]): string => new Intl.ListFormat('en').format(items);
