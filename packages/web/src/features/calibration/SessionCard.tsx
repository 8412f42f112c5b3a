import type { CalibrationSession, Pump, SessionRun } from '@perista/protocol/api';
import { Square } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import styles from './CalibrationPage.module.css';
import { type SessionActs, useSessionActs } from './calibration-queries.ts';
import { FinishStep } from './FinishStep.tsx';
import { MeasureForm } from './MeasureForm.tsx';
import { proposalOf } from './proposal.ts';
import { RunForm } from './RunForm.tsx';
import { RunsTable } from './RunsTable.tsx';

/** A session that is open: the one thing to do next, what was measured, and what comes of it. */
export function SessionCard({ pump, session }: { pump: Pump; session: CalibrationSession }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const acts = useSessionActs(pump.id, session.id);
  const { measured, wanted } = proposalOf(session);
  const { start, measure, finish, abandon, stop } = acts;
  return (
    <Card title={t('calibrate:session.title')}>
      <p className={styles.soft}>{t('calibrate:session.progress', { measured, wanted })}</p>
      <NextStep pump={pump} session={session} acts={acts} />
      <MutationProblem of={[start, measure, finish, abandon, stop]} />
      <FinishStep session={session} acts={acts} />
      <div className={styles.actions}>
        <ConfirmButton
          action={t('calibrate:session.abandon')}
          title={t('calibrate:session.abandon')}
          text={t('calibrate:session.abandonText')}
          onConfirm={() => abandon.mutate()}
        />
      </div>
    </Card>
  );
}

interface StepProps {
  readonly pump: Pump;
  readonly session: CalibrationSession;
  readonly acts: SessionActs;
}

/** Run, wait, measure; or correct what was read. */
function NextStep({ pump, session, acts }: StepProps) {
  const [correcting, setCorrecting] = useState<string | null>(null);
  const { runs, proposed } = session;
  const running = runs.find(({ state }) => state === 'running');
  const toMeasure = runs.find(({ state, run_id }) => state === 'to-measure' || run_id === correcting);
  return (
    <>
      {running !== undefined && <Running pump={pump} acts={acts} />}
      {running === undefined && toMeasure !== undefined && (
        <MeasureForm
          key={toMeasure.run_id}
          run={toMeasure}
          acts={acts}
          onOver={() => setCorrecting(null)}
          isCorrection={toMeasure.run_id === correcting}
        />
      )}
      {running === undefined && toMeasure === undefined && (
        <RunForm key={keyOf(session)} pump={pump} next={proposalOf(session).next ?? proposed[0]} acts={acts} />
      )}
      <RunsTable runs={runs} onCorrect={({ run_id }) => setCorrecting(run_id)} />
    </>
  );
}

/** The form begins anew with each run, with what is proposed then. */
const keyOf = ({ runs }: CalibrationSession): string =>
  `${runs.length}-${runs.filter(({ state }: SessionRun) => state === 'measured').length}`;

function Running({ pump, acts: { stop } }: Pick<StepProps, 'pump' | 'acts'>) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const leftS = pump.current_dose?.progress?.remaining_s;
  return (
    <div className={styles.form}>
      <p role="status">
        {leftS === undefined
          ? t('calibrate:run.runningSoon')
          : t('calibrate:run.running', { time: format.duration(Math.ceil(leftS)) })}
      </p>
      <div className={styles.actions}>
        <Button look="danger" size="large" icon={Square} busy={stop.isPending} onClick={() => stop.mutate()}>
          {t('pump.stop')}
        </Button>
      </div>
    </div>
  );
}
