import { DEFAULT_INFUSION_LIMITS } from '@perista/core';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { type DraftField, type DraftReading, type InfusionDraft, PARAMETERS } from './infusion-draft.ts';
import { useFaultText } from './use-fault-text.ts';
import styles from './Wizard.module.css';

const UNITS = { flowRateMlMin: 'ml/min', plannedTimeMin: 'min', plannedVolumeMl: 'ml', bolusVolumeMl: 'ml' } as const;
const NAMES = { flowRateMlMin: 'rate', plannedTimeMin: 'time', plannedVolumeMl: 'volume' } as const;

interface ParameterStepProps {
  readonly draft: InfusionDraft;
  readonly reading: DraftReading;
  readonly onChange: (part: Partial<InfusionDraft>) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

/** Any two of rate, time and volume; what follows stands beside the field that was left empty, never in it. */
export function ParameterStep({ draft, reading, onChange, onBack, onNext }: ParameterStepProps) {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  const faultText = useFaultText();
  const [isChecked, setIsChecked] = useState(false);
  const { parameters, follows, faults, isReady } = reading;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (isReady) onNext();
  };
  const field = (name: DraftField, label: string) => {
    const [least, most] = DEFAULT_INFUSION_LIMITS[name];
    const follower = name === follows && parameters !== null ? parameters[follows] : null;
    const fault = faults[name];
    const isEmptyYet = !isChecked && fault !== undefined && 'kind' in fault && fault.kind === 'bolus';
    return (
      <TextField
        key={name}
        label={label}
        unit={UNITS[name]}
        inputMode="decimal"
        autoComplete="off"
        value={draft[name]}
        onChange={({ target }) => onChange({ [name]: target.value })}
        error={fault === undefined || isEmptyYet ? undefined : faultText(fault, UNITS[name])}
        hint={
          follower === null
            ? t('wizard.range', { least: format.number(least), most: `${format.number(most)} ${UNITS[name]}` })
            : t('wizard.follows', { value: `${format.number(follower, 4)} ${UNITS[name]}` })
        }
      />
    );
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p>{t('wizard.anyTwo')}</p>
      <div className={styles.fields}>{PARAMETERS.map((name) => field(name, t(`wizard.${NAMES[name]}`)))}</div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={draft.hasBolus}
          onChange={({ target }) => onChange({ hasBolus: target.checked })}
        />
        {t('wizard.bolus')}
      </label>
      {draft.hasBolus && <div className={styles.fields}>{field('bolusVolumeMl', t('wizard.bolusVolume'))}</div>}
      <p className={styles.wrong} role="alert">
        {isChecked && parameters === null && Object.keys(faults).length === 0 ? t('wizard.wrong.empty') : ''}
      </p>
      <div className={styles.actions}>
        <Button onClick={onBack}>{t('wizard.back')}</Button>
        <Button type="submit" look="primary" size="large">
          {t('wizard.next')}
        </Button>
      </div>
    </form>
  );
}
