import type { Pump, PumpCalibrations } from '@perista/protocol/api';
import { ArrowLeft, CalendarClock, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { calibrate } from '../../i18n/en/calibrate.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { useLive, usePump } from '../../live/live.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { PrimeCard } from '../prime/PrimeCard.tsx';
import { StateBadge } from '../pump/StateBadge.tsx';
import styles from './CalibrationPage.module.css';
import { CurveCard } from './CurveCard.tsx';
import { useBegin, useCalibrations } from './calibration-queries.ts';
import { HistoryCard } from './HistoryCard.tsx';
import { ReminderCard } from './ReminderCard.tsx';
import { SessionCard } from './SessionCard.tsx';

addEnglish('calibrate', calibrate);

/** What a pump gives for a turn: measured step by step, judged, brought into use, and taken back. */
export function CalibrationPage({ pumpId }: { pumpId: string }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const pump = usePump(pumpId);
  const { unit } = useLive();
  const calibrations = useCalibrations(pumpId);
  const problemText = useProblemText();
  if (pump === undefined) {
    return unit === null ? (
      <p role="status">{t('connection.loading')}</p>
    ) : (
      <h1>{t('pump.unknown', { id: pumpId })}</h1>
    );
  }
  return (
    <>
      <header className={styles.title}>
        <h1>{t('calibrate:title', { pump: pump.name })}</h1>
        <StateBadge state={pump.state} />
        <Link href={`/pumps/${pumpId}`} className={styles.back}>
          <ArrowLeft aria-hidden size={18} />
          {t('calibrate:back')}
        </Link>
      </header>
      {calibrations.isError && (
        <Banner tone="danger" icon={TriangleAlert} urgent>
          {problemText(calibrations.error)}
        </Banner>
      )}
      {calibrations.data === undefined ? (
        <p role="status">{t('connection.loading')}</p>
      ) : (
        <Parts pump={pump} all={calibrations.data} />
      )}
    </>
  );
}

function Parts({ pump, all }: { pump: Pump; all: PumpCalibrations }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const mayCalibrate = useMay('admin');
  return (
    <>
      <DueBanner all={all} />
      <div className={styles.columns}>
        <div className={styles.column}>
          {!mayCalibrate && <p>{t('calibrate:viewer')}</p>}
          {mayCalibrate && <PrimeCard pump={pump} />}
          {mayCalibrate && all.session === null && <StartCard pumpId={pump.id} />}
          {mayCalibrate && all.session !== null && <SessionCard pump={pump} session={all.session} />}
        </div>
        <div className={styles.column}>
          <CurveCard all={all} />
          <HistoryCard all={all} />
          {mayCalibrate && <ReminderCard pumpId={pump.id} all={all} />}
        </div>
      </div>
    </>
  );
}

function StartCard({ pumpId }: { pumpId: string }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const begin = useBegin(pumpId);
  return (
    <Card title={t('calibrate:start.title')}>
      <p>{t('calibrate:start.text')}</p>
      <div className={styles.actions}>
        <Button look="primary" size="large" busy={begin.isPending} onClick={() => begin.mutate()}>
          {t('calibrate:start.begin')}
        </Button>
      </div>
      <MutationProblem of={[begin]} />
    </Card>
  );
}

/** The server says that it is due; here it is said in the reader's words. */
function DueBanner({ all: { due, used, reminder } }: { all: PumpCalibrations }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  if (due === null || used === null) return null;
  const byDays = reminder.days !== null && used.days >= reminder.days;
  return (
    <Banner tone="warn" icon={CalendarClock}>
      {byDays
        ? t('calibrate:due.days', { used: format.number(used.days, 0), limit: format.number(reminder.days ?? 0) })
        : t('calibrate:due.volume', { used: format.ml(used.volume_ml), limit: format.ml(reminder.volume_ml ?? 0) })}
    </Banner>
  );
}
