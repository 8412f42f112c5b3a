import type { NewSchedule, Pump, Schedule, SchedulePatch } from '@perista/protocol/api';
import { Check } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/client.ts';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { DRAFT_DAYS, DraftPreview } from '../plan/DraftPreview.tsx';
import { useDraftPlan } from '../plan/plan-queries.ts';
import { ComingRuns } from './ComingRuns.tsx';
import { useDraftProblemText } from './draft-words.ts';
import { RuleFields } from './RuleFields.tsx';
import styles from './ScheduleDialog.module.css';
import {
  type DraftField,
  draftOf,
  emptyDraft,
  fieldOfPath,
  lookAtDraft,
  RULE_KINDS,
  type RuleKind,
  type ScheduleDraft,
} from './schedule-draft.ts';
import { useSaveSchedule } from './schedule-queries.ts';

/** How a preview names the fields of the one draft that it is asked about. */
const PLACE_IN_DRAFT = 'schedules[0].';

interface ScheduleDialogProps {
  /** Null for a new one. */
  readonly schedule: Schedule | null;
  readonly pumps: readonly Pump[];
  readonly onClose: () => void;
}

/** A schedule as a form; what it would do stands there before it is saved. */
export function ScheduleDialog({ schedule, pumps, onClose }: ScheduleDialogProps) {
  const { t, i18n } = useTranslation(['translation', 'schedules']);
  const format = useFormat();
  const problemText = useProblemText();
  const wordsOf = useDraftProblemText();
  const save = useSaveSchedule(schedule?.id ?? null, onClose);
  const [draft, setDraft] = useState<ScheduleDraft>(() =>
    schedule === null ? emptyDraft(pumps[0]?.id ?? '', format.zone) : draftOf(schedule, i18n.language),
  );
  const [isChecked, setIsChecked] = useState(false);
  const outlook = lookAtDraft(draft, Date.now());
  const pump = pumps.find(({ id }) => id === draft.pumpId);

  const change = (part: Partial<ScheduleDraft>) => {
    save.reset();
    setDraft({ ...draft, ...part });
  };
  const wanted = outlook.kind === 'ready' ? settingsOf(outlook.schedule, schedule === null) : null;
  const preview = useDraftPlan(wanted && { ...(schedule !== null && { id: schedule.id }), ...wanted }, DRAFT_DAYS);
  const problem = save.error ?? (outlook.kind === 'ready' ? preview.error : null);
  const refused = problem instanceof ApiProblem ? (problem.problem.errors ?? []) : [];
  const fieldsRefused = refused.map(({ path }) => fieldOfPath(path.replace(PLACE_IN_DRAFT, ''), draft.kind));
  const isOfField = fieldsRefused.some((field) => field !== null);
  const errorOf = (field: DraftField): string | undefined => {
    if (isChecked && outlook.kind === 'wrong' && outlook.field === field) return wordsOf(outlook.problem, field);
    return fieldsRefused.includes(field) ? problemText(problem) : undefined;
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIsChecked(true);
    if (wanted !== null && !save.isPending) save.mutate(wanted);
  };

  return (
    <Dialog title={t(schedule === null ? 'schedules:addTitle' : 'schedules:editTitle')} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <SelectField
          label={t('schedules:pump')}
          value={draft.pumpId}
          onChange={(event) => change({ pumpId: event.target.value })}
        >
          {pumps.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <div className={styles.pair}>
          <TextField
            label={t(draft.kind === 'windows' ? 'schedules:dailyVolume' : 'schedules:volume')}
            unit="ml"
            inputMode="decimal"
            autoComplete="off"
            value={draft.volume}
            onChange={(event) => change({ volume: event.target.value })}
            error={errorOf('volume')}
            hint={
              pump === undefined
                ? undefined
                : t('doseForm.volumeHint', {
                    least: format.ml(pump.min_dose_ml),
                    most: format.ml(pump.limits.single_ml),
                  })
            }
          />
          <TextField
            label={t('schedules:duration')}
            unit="s"
            inputMode="decimal"
            autoComplete="off"
            value={draft.duration}
            onChange={(event) => change({ duration: event.target.value })}
            error={errorOf('duration')}
            hint={t('doseForm.durationHint')}
          />
        </div>
        <SelectField
          label={t('schedules:recurrence')}
          value={draft.kind}
          onChange={(event) => change({ kind: event.target.value as RuleKind })}
        >
          {RULE_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`schedules:kind.${kind}`)}
            </option>
          ))}
        </SelectField>
        <RuleFields draft={draft} errorOf={errorOf} onChange={change} />
        <ComingRuns outlook={outlook} timezone={draft.timezone} />
        {outlook.kind === 'ready' && problem === null && (
          <DraftPreview
            plan={preview.plan}
            isOld={preview.isOld}
            scheduleId={schedule?.id ?? null}
            isOff={schedule?.enabled === false}
            pumpId={draft.pumpId}
            timezone={draft.timezone}
            pumps={pumps}
          />
        )}
        <details className={styles.more}>
          <summary>{t('schedules:more')}</summary>
          <div className={styles.form}>
            <div className={styles.pair}>
              <TextField
                label={t('schedules:tolerance')}
                unit="min"
                inputMode="decimal"
                autoComplete="off"
                value={draft.toleranceMin}
                onChange={(event) => change({ toleranceMin: event.target.value })}
                error={errorOf('tolerance')}
              />
              <SelectField
                label={t('schedules:missed')}
                value={draft.missedPolicy}
                onChange={(event) => change({ missedPolicy: event.target.value === 'skip' ? 'skip' : 'late' })}
              >
                <option value="late">{t('schedules:policy.late')}</option>
                <option value="skip">{t('schedules:policy.skip')}</option>
              </SelectField>
              <TextField
                label={t('schedules:timezone')}
                autoComplete="off"
                spellCheck={false}
                value={draft.timezone}
                onChange={(event) => change({ timezone: event.target.value })}
                error={errorOf('timezone')}
              />
              <TextField
                label={t('schedules:pausedUntil')}
                type="date"
                hint={t('schedules:pausedHint')}
                value={draft.pausedUntil}
                onChange={(event) => change({ pausedUntil: event.target.value })}
              />
            </div>
          </div>
        </details>
        {!isOfField && <MutationProblem of={[{ error: problem }]} />}
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" icon={Check} busy={save.isPending}>
            {t('schedules:save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** What is sent: a change clears what is left empty. */
function settingsOf(settings: NewSchedule, isNew: boolean): NewSchedule | SchedulePatch {
  const { duration_s = null, paused_until = null } = settings;
  return isNew ? settings : { ...settings, duration_s, paused_until };
}
