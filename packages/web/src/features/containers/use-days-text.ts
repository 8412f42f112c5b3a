import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';

/** Above this nobody counts half days. */
const WHOLE_FROM_DAYS = 10;

/** "3.5 days left": a day is told to the tenth while there are few of them. */
export function useDaysText(): (days: number) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (days) => t('containers.left.days', { days: format.number(days, days < WHOLE_FROM_DAYS ? 1 : 0) });
}
