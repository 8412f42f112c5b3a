import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import styles from './LastDose.module.css';

/** What the calendar asks the pump for next, and what would keep just that dose from being given. */
export function NextDose({ pump: { next_dose: next } }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  if (next === null) return <p className={styles.soft}>{t('overview.nothingNext')}</p>;
  return (
    <p className={styles.soft}>
      {t('overview.next', { volume: format.ml(next.volume_ml), at: format.instant(next.at) })}
      {next.held_up_by !== null && (
        <>
          <br />
          {t('overview.nextHeldUp')} {reasonText(next.held_up_by)}
        </>
      )}
    </p>
  );
}
