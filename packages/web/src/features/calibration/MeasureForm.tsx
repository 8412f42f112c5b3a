import { DENSITY_RANGE, WATER_G_PER_ML } from '@perista/core';
import type { SessionRun } from '@perista/protocol/api';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { remember, remembered } from '../../app/remembered.ts';
import { Button } from '../../design/Button.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { readField } from '../dose/dose-draft.ts';
import styles from './CalibrationPage.module.css';
import type { SessionActs } from './calibration-queries.ts';
import { useFieldText } from './use-field-text.ts';

interface MeasureFormProps {
  readonly run: SessionRun;
  readonly acts: Pick<SessionActs, 'measure'>;
  readonly isCorrection: boolean;
  readonly onOver: () => void;
}

type Unit = 'ml' | 'g';

const DENSITY_DECIMALS = 4;
/** Whoever has a scale has it for the next run too. */
const UNIT_KEY = 'measured-in';

/** What a run gave, by volume or by weight. */
export function MeasureForm({ run, acts: { measure }, isCorrection, onOver }: MeasureFormProps) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const fieldText = useFieldText();
  const [amount, setAmount] = useState('');
  const [unit, setUnit] = useState<Unit>(() => (remembered(UNIT_KEY) === 'g' ? 'g' : 'ml'));
  const [density, setDensity] = useState(() => format.number(WATER_G_PER_ML, DENSITY_DECIMALS));
  const read = readField(amount);
  const gramsPerMl = readField(density);
  const { min, max } = DENSITY_RANGE;
  const isDensity = typeof gramsPerMl === 'number' && gramsPerMl >= min && gramsPerMl <= max;
  const isReady = typeof read === 'number' && (unit === 'ml' || isDensity);
  const { run_id } = run;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof read !== 'number' || !isReady || measure.isPending) return;
    const body =
      unit === 'ml' || typeof gramsPerMl !== 'number'
        ? { run_id, measured_ml: read }
        : { run_id, measured_g: read, density_g_ml: gramsPerMl };
    measure.mutate(body, { onSuccess: onOver });
  };
  const about =
    run.kind === 'verification'
      ? t('calibrate:run.verifyText', { volume: format.ml(run.expected_ml ?? 0) })
      : t('calibrate:run.measureText', { speed: `${format.number(run.rpm, 1)} rpm` });
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label={t('calibrate:run.measureTitle')}>
      <h3>{t('calibrate:run.measureTitle')}</h3>
      <p role="status">{about}</p>
      <div className={styles.fields}>
        <TextField
          label={t('calibrate:run.amount')}
          unit={unit}
          inputMode="decimal"
          autoComplete="off"
          autoFocus
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
          error={typeof read === 'number' || amount === '' ? undefined : fieldText(read)}
        />
        <SelectField
          label={t('calibrate:run.unit')}
          value={unit}
          onChange={(event) => {
            const chosen = event.target.value === 'g' ? 'g' : 'ml';
            setUnit(chosen);
            remember(UNIT_KEY, chosen);
          }}
        >
          <option value="ml">{t('calibrate:run.unitMl')}</option>
          <option value="g">{t('calibrate:run.unitG')}</option>
        </SelectField>
        {unit === 'g' && (
          <TextField
            label={t('calibrate:run.density')}
            unit="g/ml"
            inputMode="decimal"
            autoComplete="off"
            value={density}
            onChange={(event) => setDensity(event.target.value)}
            error={
              isDensity
                ? undefined
                : t('calibrate:run.wrongDensity', { min: format.number(min), max: format.number(max) })
            }
          />
        )}
      </div>
      <div className={styles.actions}>
        <Button type="submit" look="primary" busy={measure.isPending} disabled={!isReady}>
          {t('calibrate:run.save')}
        </Button>
        <Button
          busy={measure.isPending}
          onClick={() => measure.mutate({ run_id, discard: true }, { onSuccess: onOver })}
        >
          {t('calibrate:run.discard')}
        </Button>
        {isCorrection && <Button onClick={onOver}>{t('action.cancel')}</Button>}
      </div>
    </form>
  );
}
