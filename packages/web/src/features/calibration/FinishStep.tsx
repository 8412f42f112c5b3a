import type { CalibrationSession } from '@perista/protocol/api';
import { CircleCheck, CircleX, FlaskConical, TriangleAlert } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { readField } from '../dose/dose-draft.ts';
import styles from './CalibrationPage.module.css';
import { type SessionActs, useActivate } from './calibration-queries.ts';
import { useFieldText } from './use-field-text.ts';

interface FinishStepProps {
  readonly session: CalibrationSession;
  readonly acts: SessionActs;
}

/** Of what was measured: the curve, the dose that verifies it, and its use. */
export function FinishStep({ session, acts }: FinishStepProps) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const { curve, problem, calibration, runs } = session;
  const isBusy = runs.some(({ state }) => state === 'running' || state === 'to-measure');
  if (problem !== null) {
    return (
      <Banner tone="warn" icon={TriangleAlert}>
        {t(`calibrate:problem.${problem.reason}`)}
      </Banner>
    );
  }
  if (curve === null || isBusy) return null;
  if (calibration !== null) return <Verification session={session} acts={acts} />;
  return (
    <div className={styles.form}>
      <h3>{t('calibrate:finish.title')}</h3>
      <p>{t('calibrate:finish.text')}</p>
      <div className={styles.actions}>
        <Button busy={acts.finish.isPending} onClick={() => acts.finish.mutate()}>
          {t('calibrate:finish.make')}
        </Button>
      </div>
    </div>
  );
}

function Verification({ session: { calibration }, acts: { start } }: FinishStepProps) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const fieldText = useFieldText();
  const activate = useActivate();
  const [volume, setVolume] = useState(() => format.number(DEFAULT_ML));
  if (calibration === null) return null;
  const { id, verification } = calibration;
  const verifyMl = readField(volume);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof verifyMl === 'number' && !start.isPending) start.mutate({ verify_ml: verifyMl });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label={t('calibrate:finish.title')}>
      <h3>{t('calibrate:finish.title')}</h3>
      {verification === null ? (
        <p role="status">{t('calibrate:finish.made')}</p>
      ) : (
        <Banner tone={verification.passed ? 'good' : 'danger'} icon={verification.passed ? CircleCheck : CircleX}>
          {t(verification.passed ? 'calibrate:finish.passed' : 'calibrate:finish.failed', {
            error: format.number(verification.error_pct, 1),
            allowed: format.number(verification.allowed_pct, 1),
          })}
        </Banner>
      )}
      <TextField
        label={t('calibrate:finish.volume')}
        unit="ml"
        inputMode="decimal"
        autoComplete="off"
        value={volume}
        onChange={(event) => setVolume(event.target.value)}
        error={typeof verifyMl === 'number' ? undefined : fieldText(verifyMl)}
      />
      <div className={styles.actions}>
        <Button type="submit" icon={FlaskConical} busy={start.isPending} disabled={typeof verifyMl !== 'number'}>
          {t('calibrate:finish.verify')}
        </Button>
        <Button
          look="primary"
          icon={CircleCheck}
          busy={activate.isPending}
          disabled={verification?.passed === false}
          onClick={() => activate.mutate(id)}
        >
          {t('calibrate:finish.activate')}
        </Button>
      </div>
      <MutationProblem of={[activate]} />
    </form>
  );
}

/** Enough that a drop does not decide, ml. */
const DEFAULT_ML = 10;
