import { DAYS_OF_WEEK, type DayMask, isDayOn, presetOf } from '@perista/core';
import { useTranslation } from 'react-i18next';
import './dosing-unit-words.ts';

/** 5 January 1970 was a Monday. */
const dayOf = (weekDay: number) => new Date(Date.UTC(1970, 0, 5 + weekDay));

/** Names of the days from Monday, in the reader's language. */
export function useDayNames(width: 'short' | 'long'): readonly string[] {
  const { i18n } = useTranslation(['translation', 'dosingUnit']);
  const format = new Intl.DateTimeFormat(i18n.language, { weekday: width, timeZone: 'UTC' });
  return DAYS_OF_WEEK.map((day) => format.format(dayOf(day)));
}

/** Days of a plan in words: a preset by its name, else each day. */
export function useScheduleText(): (days: DayMask) => string {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const names = useDayNames('short');
  return (days) => {
    const preset = presetOf(days);
    if (preset !== null) return t(`dosingUnit:preset.${preset}`);
    return names.filter((_name, day) => isDayOn(days, day)).join(', ') || t('dosingUnit:noDays');
  };
}
