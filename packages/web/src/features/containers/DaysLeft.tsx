import type { Container } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { useDaysText } from './use-days-text.ts';

type Outlook = Pick<Container, 'days_left' | 'runs_out_at' | 'forecast_by'>;

/** Until when a container lasts, and by what that is told. */
export function DaysLeft({ days_left, runs_out_at, forecast_by }: Outlook) {
  const { t } = useTranslation();
  const format = useFormat();
  const daysText = useDaysText();
  if (days_left === null || runs_out_at === null || forecast_by === null) return <>{t('containers.left.none')}</>;
  return (
    <>
      <strong>{daysText(days_left)}</strong> {t(`containers.left.${forecast_by}`, { at: format.day(runs_out_at) })}
    </>
  );
}
