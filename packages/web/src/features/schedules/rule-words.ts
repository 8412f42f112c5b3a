import { WEEK_DAY_NAMES } from '@perista/core';
import type { ScheduleRule } from '@perista/protocol/api';
import cronstrue from 'cronstrue';
import 'cronstrue/locales/pl.min.js';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { useScheduleText } from '../dosing-unit/day-names.ts';

/** When a schedule doses, in the reader's language. */
export function useRuleSentence(): (rule: ScheduleRule) => string {
  const { t, i18n } = useTranslation(['translation', 'schedules']);
  const format = useFormat();
  const daysText = useScheduleText();
  const list = new Intl.ListFormat(i18n.language);
  return (rule) => {
    switch (rule.kind) {
      case 'cron':
        return cronText(rule.expression, i18n.language);
      case 'interval':
        return t('schedules:sentence.interval', { span: format.duration(rule.every_min * 60) });
      case 'windows':
        return t('schedules:sentence.windows', {
          count: rule.doses_per_day,
          total: format.orderedMl(rule.daily_ml),
          windows: list.format(rule.windows.map(({ from, to }) => `${from}–${to}`)),
        });
      case 'once':
        return t('schedules:sentence.once', { date: format.calendarDate(rule.date), time: rule.time });
      case 'weekdays':
        return t('schedules:sentence.weekdays', {
          days: daysText(rule.days.reduce((mask, day) => mask | (1 << WEEK_DAY_NAMES.indexOf(day)), 0)),
          times: list.format(rule.times),
        });
    }
  };
}

/** What is not an expression yet says itself. */
function cronText(expression: string, locale: string): string {
  try {
    return cronstrue.toString(expression, { locale, use24HourTimeFormat: true, verbose: true });
  } catch {
    return expression;
  }
}
