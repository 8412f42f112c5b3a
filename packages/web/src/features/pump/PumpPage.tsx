import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useLive, usePump } from '../../live/live.ts';
import { DoseForm } from '../dose/DoseForm.tsx';
import { PumpDoses } from '../ledger/PumpDoses.tsx';
import { PrimeCard } from '../prime/PrimeCard.tsx';
import { CalibrationCard } from './CalibrationCard.tsx';
import { ContainerCard } from './ContainerCard.tsx';
import { EmulatedTag } from './EmulatedTag.tsx';
import { HistoryCard } from './HistoryCard.tsx';
import { PumpFacts } from './PumpFacts.tsx';
import styles from './PumpPage.module.css';
import { PumpStatus } from './PumpStatus.tsx';
import { StateBadge } from './StateBadge.tsx';

/** One pump: what it does, what one may do with it, what it did. */
export function PumpPage({ pumpId }: { pumpId: string }) {
  const { t } = useTranslation();
  const pump = usePump(pumpId);
  const { unit } = useLive();
  if (pump === undefined) {
    return unit === null ? (
      <p role="status">{t('connection.loading')}</p>
    ) : (
      <>
        <h1>{t('pump.unknown', { id: pumpId })}</h1>
        <p>
          <Link href="/">{t('notFound.home')}</Link>
        </p>
      </>
    );
  }
  return (
    <>
      <header className={styles.title}>
        <h1>{pump.name}</h1>
        <StateBadge state={pump.state} />
        {pump.emulated && <EmulatedTag />}
      </header>
      <div className={styles.columns}>
        <div className={styles.column}>
          <PumpStatus pump={pump} />
          <DoseForm pump={pump} />
          <PrimeCard pump={pump} />
          <ContainerCard pump={pump} />
        </div>
        <div className={styles.column}>
          <HistoryCard pump={pump} />
          <CalibrationCard pump={pump} />
          <PumpFacts pump={pump} />
        </div>
      </div>
      <PumpDoses pump={pump} />
    </>
  );
}
