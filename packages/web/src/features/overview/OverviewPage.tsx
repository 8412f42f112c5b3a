import { useTranslation } from 'react-i18next';
import { useLive } from '../../live/live.ts';
import { QueueCard } from '../separation/QueueCard.tsx';
import styles from './OverviewPage.module.css';
import { PumpCard } from './PumpCard.tsx';

/** Every pump at a glance. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { pumps, unit, connection } = useLive();
  return (
    <>
      <h1>{t('overview.title')}</h1>
      {unit === null && <p role="status">{t('connection.loading')}</p>}
      {unit !== null && pumps.length === 0 && <p>{t('overview.none')}</p>}
      <ul className={styles.pumps} data-stale={connection.kind !== 'live' || undefined}>
        {pumps.map((pump) => (
          <li key={pump.id}>
            <PumpCard pump={pump} />
          </li>
        ))}
      </ul>
      <QueueCard pumps={pumps} />
    </>
  );
}
