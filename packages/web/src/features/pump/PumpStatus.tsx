import type { Dose, Pump } from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { Square, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { PumpHead } from '../../design/PumpHead.tsx';
import { useProblemText, useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { useLive } from '../../live/live.ts';
import { DoseProgress } from '../dose/DoseProgress.tsx';
import { DoseStateWord } from '../ledger/DoseStateWord.tsx';
import { givenText } from '../ledger/given-text.ts';
import { ReasonDialog } from '../stops/ReasonDialog.tsx';
import { LastDose } from './LastDose.tsx';
import { NextDose } from './NextDose.tsx';
import styles from './PumpStatus.module.css';
import { turningOf } from './turning.ts';

/** What the pump is at right now, how to stop it, and what keeps it from dosing. */
export function PumpStatus({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const ended = useLive().settled.find(({ pump_id }) => pump_id === pump.id);
  const dose = pump.current_dose;
  return (
    <Card title={t('pump.now')} side={<StopButton pump={pump} />}>
      <div className={styles.now}>
        <PumpHead size={112} turning={turningOf(pump)} />
        <div className={styles.words}>
          {dose !== null && <DoseProgress dose={dose} large />}
          {dose === null && ended !== undefined && <EndedDose dose={ended} />}
          {dose === null && ended === undefined && <LastDose pump={pump} />}
          <NextDose pump={pump} />
          {pump.queued > 0 && <p className={styles.soft}>{t('overview.queued', { count: pump.queued })}</p>}
        </div>
      </div>
      <Obstacles pump={pump} />
    </Card>
  );
}

function EndedDose({ dose }: { dose: Dose }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  return (
    <div className={styles.ended} role="status">
      <p className={styles.volume}>
        {givenText(dose, format)} <DoseStateWord state={dose.state} />
      </p>
      <p className={styles.soft}>
        {t('pump.ended', {
          wanted: format.ml(dose.requested_ml),
          at: dose.ended_at ? format.instant(dose.ended_at) : '–',
        })}
      </p>
      {dose.reason && <p>{reasonText(dose)}</p>}
    </div>
  );
}

function StopButton({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const mayStop = useMay('operator');
  const problemText = useProblemText();
  const stop = useMutation({
    mutationFn: () => request('POST', `/api/pumps/${pump.id}/stop`, { keepalive: true }),
  });
  if (!mayStop) return null;
  const hasSomething = pump.current_dose !== null || pump.queued > 0;
  return (
    <>
      {stop.isError && (
        <p className={styles.wrong} role="alert">
          {problemText(stop.error)}
        </p>
      )}
      <Button
        look={hasSomething ? 'danger' : 'plain'}
        size="large"
        icon={Square}
        busy={stop.isPending}
        onClick={() => stop.mutate()}
      >
        {t('pump.stop')}
      </Button>
    </>
  );
}

/** Every reason why it would not dose, and the way out where there is one. */
function Obstacles({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const mayRelease = useMay('operator');
  const [isReleasing, setIsReleasing] = useState(false);
  const canRelease = pump.blocked_by.some(({ code }) => RELEASABLE.has(code));
  if (pump.blocked_by.length === 0) return null;
  return (
    <>
      <Banner
        tone="warn"
        icon={TriangleAlert}
        action={mayRelease && canRelease && <Button onClick={() => setIsReleasing(true)}>{t('pump.release')}</Button>}
      >
        <strong>{t('pump.wouldNotDose')}</strong>
        <ul className={styles.reasons}>
          {pump.blocked_by.map((obstacle) => (
            <li key={obstacle.code}>{reasonText(obstacle)}</li>
          ))}
        </ul>
      </Banner>
      {isReleasing && (
        <ReasonDialog
          title={t('pump.releaseTitle', { pump: pump.name })}
          text={t('pump.releaseText')}
          action={t('pump.release')}
          send={(reason) => request('POST', `/api/pumps/${pump.id}/release`, { body: { reason } })}
          onClose={() => setIsReleasing(false)}
        />
      )}
    </>
  );
}

/** Held after an uncertain dose, or a fault. */
const RELEASABLE: ReadonlySet<string> = new Set(['E432', 'E433']);
