import type { Dose } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { useLive } from '../../live/live.ts';
import { DoseStateWord } from '../ledger/DoseStateWord.tsx';
import styles from './DoseProgress.module.css';

/**
 * A dose under way. It shows what the agent last proved, never more; while nothing is heard it says so instead of
 * going on.
 */
export function DoseProgress({ dose, large = false }: { dose: Dose; large?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isLive = useLive().connection.kind === 'live';
  const isPrime = dose.cause === 'prime';
  const given = dose.progress?.delivered_ml ?? 0;
  const share = Math.min(given / dose.requested_ml, 1);
  const remainingS = dose.progress?.remaining_s ?? dose.duration_s;
  return (
    <div className={styles.progress} data-large={large || undefined} data-stale={!isLive || undefined}>
      <p className={styles.figures}>
        <span>
          <span className={styles.volume}>{format.ml(given)}</span>
          {!isPrime && ` ${t('dose.of', { wanted: format.ml(dose.requested_ml) })}`}
        </span>
        {dose.state !== 'running' && <DoseStateWord state={dose.state} />}
        {dose.state === 'running' && isLive && remainingS !== null && !isPrime && (
          <span className={styles.rest}>{t('dose.left', { time: format.duration(Math.ceil(remainingS)) })}</span>
        )}
        {!isLive && <span className={styles.rest}>{t('dose.lastKnown')}</span>}
      </p>
      {!isPrime && (
        <div
          className={styles.track}
          role="progressbar"
          aria-label={t('dose.progressOf', { pump: dose.pump_id })}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={`${format.ml(given)} ${t('dose.of', { wanted: format.ml(dose.requested_ml) })}`}
        >
          <div className={styles.bar} style={{ inlineSize: `${share * 100}%` }} />
        </div>
      )}
    </div>
  );
}
