import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { DoseStateWord } from '../ledger/DoseStateWord.tsx';
import { givenText } from '../ledger/given-text.ts';
import styles from './LastDose.module.css';

/** What the pump last gave, or that it never gave anything. */
export function LastDose({ pump: { last_dose: dose } }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (dose === null) return <p className={styles.soft}>{t('pump.neverDosed')}</p>;
  return (
    <p className={styles.last}>
      <span className={styles.volume}>{givenText(dose, format)}</span>
      <DoseStateWord state={dose.state} />
      <span className={styles.soft}>{dose.ended_at && format.instant(dose.ended_at)}</span>
    </p>
  );
}
