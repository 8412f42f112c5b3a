import type { ProposedRun, Pump } from '@perista/protocol/api';
import { Play } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { readField } from '../dose/dose-draft.ts';
import styles from './CalibrationPage.module.css';
import type { SessionActs } from './calibration-queries.ts';
import { useFieldText } from './use-field-text.ts';

const SPEED_DECIMALS = 1;

interface RunFormProps {
  readonly pump: Pump;
  readonly next: ProposedRun | undefined;
  readonly acts: Pick<SessionActs, 'start'>;
}

/** The next run as it is proposed; both figures can be changed. */
export function RunForm({ pump: { hardware }, next, acts: { start } }: RunFormProps) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const fieldText = useFieldText();
  const [speed, setSpeed] = useState(() => (next?.rpm == null ? '' : format.number(next.rpm, SPEED_DECIMALS)));
  const [time, setTime] = useState(() => (next === undefined ? '' : format.number(next.duration_s, 1)));
  const isRelay = hardware.kind === 'relay';
  const rpm = readField(speed);
  const seconds = readField(time);
  const limit = isRelay ? 0 : hardware.max_rpm;
  const speedError =
    typeof rpm === 'string'
      ? fieldText(rpm)
      : rpm > limit
        ? t('calibrate:run.wrongSpeed', { limit: format.number(limit) })
        : undefined;
  const isReady = typeof seconds === 'number' && (isRelay || speedError === undefined);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof seconds !== 'number' || !isReady || start.isPending) return;
    start.mutate({ duration_s: seconds, ...(!isRelay && typeof rpm === 'number' && { rpm: exact(rpm, next) }) });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label={t('calibrate:run.title')}>
      <h3>{t('calibrate:run.title')}</h3>
      <p>{t('calibrate:run.text')}</p>
      <div className={styles.fields}>
        {!isRelay && (
          <TextField
            label={t('calibrate:run.speed')}
            unit="rpm"
            inputMode="decimal"
            autoComplete="off"
            value={speed}
            onChange={(event) => setSpeed(event.target.value)}
            error={speedError}
          />
        )}
        <TextField
          label={t('calibrate:run.seconds')}
          unit="s"
          inputMode="decimal"
          autoComplete="off"
          value={time}
          onChange={(event) => setTime(event.target.value)}
          error={typeof seconds === 'number' ? undefined : fieldText(seconds)}
        />
      </div>
      <div className={styles.actions}>
        <Button
          type="submit"
          look="primary"
          size="large"
          icon={Play}
          busy={start.isPending}
          disabled={!isReady}
          autoFocus
        >
          {t('calibrate:run.start')}
        </Button>
      </div>
    </form>
  );
}

/** What was proposed, where nobody has changed its rounded figure: the board has exactly that speed. */
const exact = (rpm: number, next: ProposedRun | undefined): number =>
  next?.rpm != null && rpm === Number(next.rpm.toFixed(SPEED_DECIMALS)) ? next.rpm : rpm;
