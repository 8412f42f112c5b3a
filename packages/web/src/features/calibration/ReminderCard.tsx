import type { PumpCalibrations } from '@perista/protocol/api';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { type FieldProblem, readField } from '../dose/dose-draft.ts';
import styles from './CalibrationPage.module.css';
import { useRemind } from './calibration-queries.ts';
import { useFieldText } from './use-field-text.ts';

/** When somebody shall be told that the pump is to be measured again. */
export function ReminderCard({ pumpId, all: { reminder, used } }: { pumpId: string; all: PumpCalibrations }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const fieldText = useFieldText();
  const remind = useRemind(pumpId);
  const written = (value: number | null) => (value === null ? '' : format.number(value));
  const [days, setDays] = useState(() => written(reminder.days));
  const [volume, setVolume] = useState(() => written(reminder.volume_ml));
  const [dayCount, volumeMl] = [readOptional(days), readOptional(volume)];
  const isReady = typeof dayCount !== 'string' && typeof volumeMl !== 'string';
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof dayCount === 'string' || typeof volumeMl === 'string' || remind.isPending) return;
    remind.mutate({ days: dayCount, volume_ml: volumeMl });
  };
  const field = (value: number | null | FieldProblem) => (typeof value === 'string' ? fieldText(value) : undefined);
  return (
    <Card title={t('calibrate:reminder.title')}>
      <p className={styles.soft}>
        {used === null
          ? t('calibrate:reminder.none')
          : t('calibrate:reminder.text', { days: format.number(used.days, 0), volume: format.ml(used.volume_ml) })}
      </p>
      <form className={styles.form} onSubmit={submit} noValidate>
        <div className={styles.fields}>
          <TextField
            label={t('calibrate:reminder.days')}
            hint={t('calibrate:reminder.hint')}
            inputMode="decimal"
            autoComplete="off"
            value={days}
            onChange={(event) => setDays(event.target.value)}
            error={field(dayCount)}
          />
          <TextField
            label={t('calibrate:reminder.volume')}
            hint={t('calibrate:reminder.hint')}
            unit="ml"
            inputMode="decimal"
            autoComplete="off"
            value={volume}
            onChange={(event) => setVolume(event.target.value)}
            error={field(volumeMl)}
          />
        </div>
        <div className={styles.actions}>
          <Button type="submit" busy={remind.isPending} disabled={!isReady}>
            {t('calibrate:reminder.save')}
          </Button>
          {remind.isSuccess && <p role="status">{t('calibrate:reminder.saved')}</p>}
        </div>
      </form>
      <MutationProblem of={[remind]} />
    </Card>
  );
}

/** Null where nothing was typed. */
const readOptional = (text: string): number | null | FieldProblem => (text.trim() === '' ? null : readField(text));
