import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Meter } from '../../design/Meter.tsx';
import { PumpHead } from '../../design/PumpHead.tsx';
import { Vessel } from '../../design/Vessel.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { DoseProgress } from '../dose/DoseProgress.tsx';
import { levelOf, toneOfLevel } from '../pump/container-level.ts';
import { EmulatedTag } from '../pump/EmulatedTag.tsx';
import { LastDose } from '../pump/LastDose.tsx';
import { StateBadge } from '../pump/StateBadge.tsx';
import { turningOf } from '../pump/turning.ts';
import styles from './PumpCard.module.css';
import { RecentDays } from './RecentDays.tsx';

/** One pump: what it is at, what it gave today, what its container holds, and why it would not dose. */
export function PumpCard({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const level = levelOf(pump);
  const dose = pump.current_dose;
  return (
    <article className={styles.card} aria-labelledby={`pump-${pump.id}`} data-state={pump.state}>
      <header className={styles.head}>
        <PumpHead turning={turningOf(pump)} />
        <div className={styles.title}>
          <h2 id={`pump-${pump.id}`}>
            <Link href={`/pumps/${pump.id}`} className={styles.link}>
              {pump.name}
            </Link>
          </h2>
          <div className={styles.tags}>
            <StateBadge state={pump.state} />
            {pump.emulated && <EmulatedTag />}
          </div>
        </div>
        <div className={styles.container}>
          <Vessel level={level} tone={toneOfLevel(level)} />
          <span>
            <span className="visually-hidden">{t('container.holds')} </span>
            {format.ml(pump.container.level_ml)}
          </span>
        </div>
      </header>
      {dose === null ? <LastDose pump={pump} /> : <DoseProgress dose={dose} />}
      <Meter
        label={t('overview.day')}
        text={t('overview.ofCap', { dosed: format.ml(pump.dosed_ml.day), cap: format.ml(pump.limits.day_ml) })}
        used={pump.dosed_ml.day / pump.limits.day_ml}
      />
      <RecentDays pumpId={pump.id} />
      {pump.blocked_by.map(({ code, reason }) => (
        <p key={code} className={styles.blocked}>
          {reasonText({ code, reason })}
        </p>
      ))}
      {pump.queued > 0 && <p className={styles.soft}>{t('overview.queued', { count: pump.queued })}</p>}
    </article>
  );
}
