import type { DosingChannel, Pump } from '@perista/protocol/api';
import { Check, Scale, TriangleAlert } from 'lucide-react';
import { type SubmitEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { DaysField } from './DaysField.tsx';
import { useSavePlan } from './dosing-queries.ts';
import { PlanFigures } from './PlanFigures.tsx';
import styles from './PlanForm.module.css';
import type { PlanDraft, PlanOutlook } from './plan-draft.ts';
import { usePlanWords } from './plan-words.ts';

interface PlanFormProps {
  readonly channel: DosingChannel;
  readonly limits: Pump['limits'];
  readonly draft: PlanDraft;
  readonly outlook: PlanOutlook;
  /** Somebody else saved another plan since the edit began. */
  readonly hasChanged: boolean;
  readonly onChange: (draft: PlanDraft) => void;
  readonly onEnd: () => void;
  readonly onCalibrate: () => void;
}

/** The plan of one channel, edited in its tile. What it amounts to follows each key; Esc gives it up. */
export function PlanForm({ channel, limits, draft, outlook, hasChanged, onChange, onEnd, onCalibrate }: PlanFormProps) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const words = usePlanWords(limits);
  const form = useRef<HTMLFormElement>(null);
  const save = useSavePlan(onEnd);
  const { verdict, dose, ceiling } = outlook;
  useEffect(() => form.current?.querySelector('select')?.focus(), []);

  const change = (part: Partial<PlanDraft>) => {
    save.reset();
    onChange({ ...draft, ...part });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (verdict.kind !== 'ready' || save.isPending) return;
    if (Object.keys(verdict.patch).length === 1) return onEnd();
    save.mutate(verdict.patch);
  };

  return (
    <form
      ref={form}
      className={styles.form}
      aria-label={t('dosingUnit:editing', { id: channel.id })}
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && onEnd()}
      noValidate
    >
      <SelectField
        label={t('dosingUnit:dosing')}
        value={draft.enabled ? 'on' : 'off'}
        onChange={(event) => change({ enabled: event.target.value === 'on' })}
      >
        <option value="on">{t('dosingUnit:on')}</option>
        <option value="off">{t('dosingUnit:off')}</option>
      </SelectField>
      <DaysField days={draft.days} onChange={(days) => change({ days })} />
      <SelectField
        label={t('dosingUnit:perDay')}
        value={draft.dosesADay}
        onChange={(event) => change({ dosesADay: event.target.value === '1' ? 1 : 2 })}
      >
        <option value={1}>{t('dosingUnit:times.1')}</option>
        <option value={2}>{t('dosingUnit:times.2')}</option>
      </SelectField>
      <TextField
        label={t('dosingUnit:weekly')}
        unit="ml"
        inputMode="decimal"
        autoComplete="off"
        value={draft.weekly}
        onChange={(event) => change({ weekly: event.target.value })}
        error={verdict.kind === 'unreadable' ? t(`doseForm.wrong.${verdict.problem}`) : undefined}
        hint={ceiling === null ? undefined : words.ceiling(ceiling)}
      />
      <PlanFigures dose={dose} />
      {verdict.kind === 'forbidden' && (
        <Banner tone="warn" icon={TriangleAlert}>
          {words.problem(verdict.problem)}
        </Banner>
      )}
      {hasChanged && (
        <Banner tone="warn" icon={TriangleAlert}>
          {t('dosingUnit:changedMeanwhile')}
        </Banner>
      )}
      <MutationProblem of={[save]} />
      <div className={styles.actions}>
        <Button type="submit" look="primary" icon={Check} busy={save.isPending} disabled={verdict.kind !== 'ready'}>
          {t('dosingUnit:save')}
        </Button>
        <Button onClick={onEnd}>{t('action.cancel')}</Button>
        <Button icon={Scale} onClick={onCalibrate}>
          {t('dosingUnit:calibrate')}
        </Button>
      </div>
    </form>
  );
}
