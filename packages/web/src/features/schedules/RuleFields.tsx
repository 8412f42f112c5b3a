import { useTranslation } from 'react-i18next';
import { TextField } from '../../design/Field.tsx';
import { DaysField } from '../dosing-unit/DaysField.tsx';
import styles from './RuleFields.module.css';
import type { DraftField, ScheduleDraft } from './schedule-draft.ts';
import { TimesField } from './TimesField.tsx';
import { WindowsField } from './WindowsField.tsx';

interface RuleFieldsProps {
  readonly draft: ScheduleDraft;
  readonly errorOf: (field: DraftField) => string | undefined;
  readonly onChange: (part: Partial<ScheduleDraft>) => void;
}

/** What the chosen kind of recurrence asks for. */
export function RuleFields({ draft, errorOf, onChange }: RuleFieldsProps) {
  const { t } = useTranslation(['translation', 'schedules']);
  switch (draft.kind) {
    case 'weekdays':
      return (
        <>
          <DaysField days={draft.days} onChange={(days) => onChange({ days })} />
          {errorOf('days') && (
            <p className={styles.error} role="alert">
              {errorOf('days')}
            </p>
          )}
          <TimesField times={draft.times} error={errorOf('times')} onChange={(times) => onChange({ times })} />
        </>
      );
    case 'windows':
      return (
        <>
          <TextField
            label={t('schedules:doses')}
            inputMode="numeric"
            autoComplete="off"
            value={draft.doses}
            onChange={(event) => onChange({ doses: event.target.value })}
            error={errorOf('doses')}
          />
          <WindowsField
            windows={draft.windows}
            error={errorOf('windows')}
            onChange={(windows) => onChange({ windows })}
          />
        </>
      );
    case 'interval':
      return (
        <div className={styles.pair}>
          <TextField
            label={t('schedules:every')}
            unit="h"
            inputMode="decimal"
            autoComplete="off"
            value={draft.everyHours}
            onChange={(event) => onChange({ everyHours: event.target.value })}
            error={errorOf('every')}
          />
          <TextField
            label={t('schedules:firstDay')}
            type="date"
            hint={t('schedules:firstHint')}
            value={draft.firstDay}
            onChange={(event) => onChange({ firstDay: event.target.value })}
          />
          <TextField
            label={t('schedules:firstTime')}
            type="time"
            value={draft.firstTime}
            onChange={(event) => onChange({ firstTime: event.target.value })}
          />
        </div>
      );
    case 'once':
      return (
        <div className={styles.pair}>
          <TextField
            label={t('schedules:date')}
            type="date"
            value={draft.date}
            onChange={(event) => onChange({ date: event.target.value })}
            error={errorOf('date')}
          />
          <TextField
            label={t('schedules:time')}
            type="time"
            value={draft.time}
            onChange={(event) => onChange({ time: event.target.value })}
          />
        </div>
      );
    case 'cron':
      return (
        <TextField
          label={t('schedules:cron')}
          hint={t('schedules:cronHint')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={draft.cron}
          onChange={(event) => onChange({ cron: event.target.value })}
          error={errorOf('cron')}
        />
      );
  }
}
