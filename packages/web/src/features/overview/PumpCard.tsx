import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Meter } from '../../design/Meter.tsx';
import { PumpHead } from '../../design/PumpHead.tsx';
import { Vessel } from '../../design/Vessel.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { ContainerCondition, TONES } from '../containers/ContainerCondition.tsx';
import { useDaysText } from '../containers/use-days-text.ts';
import { DoseProgress } from '../dose/DoseProgress.tsx';
import { CalibrationDue } from '../pump/CalibrationDue.tsx';
import { EmulatedTag } from '../pump/EmulatedTag.tsx';
import { LastDose } from '../pump/LastDose.tsx';
import { NextDose } from '../pump/NextDose.tsx';
import { StateBadge } from '../pump/StateBadge.tsx';
import { turningOf } from '../pump/turning.ts';
import styles from './PumpCard.module.css';
import { RecentDays } from './RecentDays.tsx';

/** One pump: what it is at, what it gave today, what its container holds, and why it would not dose. */
export function PumpCard({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const daysText = useDaysText();
  const { container } = pump;
  const level = container.level_ml / container.capacity_ml;
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
          <Vessel level={level} tone={TONES[container.state]} />
          <span>
            <span className="visually-hidden">{t('container.holds')} </span>
            {format.ml(container.level_ml)}
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
      {container.state !== 'ok' && (
        <p>
          <ContainerCondition
            state={container.state}
            words={t(`containers.notice.${container.state}`, { left: format.ml(container.level_ml) })}
          />
        </p>
      )}
      {container.days_left !== null && (
        <p className={styles.soft}>
          {t('container.title')}: {daysText(container.days_left)}
        </p>
      )}
      <CalibrationDue pump={pump} />
      <NextDose pump={pump} />
      {pump.queued > 0 && <p className={styles.soft}>{t('overview.queued', { count: pump.queued })}</p>}
    </article>
  );
}
