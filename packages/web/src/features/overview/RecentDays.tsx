import { useTranslation } from 'react-i18next';
import { useHistory } from '../../api/queries.ts';
import { useFormat } from '../../format/format.ts';
import styles from './RecentDays.module.css';

const DAYS = 14;

/** Two weeks at a glance: a bar per day, today last. The pump's page has the figures. */
export function RecentDays({ pumpId }: { pumpId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const days = useHistory(pumpId, DAYS).data?.days ?? [];
  const most = Math.max(...days.map(({ hi_ml }) => hi_ml), 1e-9);
  const total = days.reduce((sum, { hi_ml }) => sum + hi_ml, 0);
  return (
    <figure className={styles.recent}>
      <div className={styles.bars} aria-hidden>
        {days.map(({ day, hi_ml }) => (
          <div key={day} className={styles.bar} style={{ blockSize: `${(hi_ml / most) * 100}%` }} />
        ))}
      </div>
      <figcaption>{t('overview.lastDays', { count: DAYS, total: format.ml(total) })}</figcaption>
    </figure>
  );
}
