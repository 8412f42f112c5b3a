import { useTranslation } from 'react-i18next';
import { RowsField } from './RowsField.tsx';
import styles from './RuleFields.module.css';
import type { WindowDraft } from './schedule-draft.ts';

interface WindowsFieldProps {
  readonly windows: readonly WindowDraft[];
  readonly error: string | undefined;
  readonly onChange: (windows: WindowDraft[]) => void;
}

const FRESH: WindowDraft = { from: '21:00', to: '22:00' };

/** Parts of the day, each from one time to another. */
export function WindowsField({ windows, error, onChange }: WindowsFieldProps) {
  const { t } = useTranslation(['translation', 'schedules']);
  const words = {
    legend: t('schedules:windows'),
    add: t('schedules:addWindow'),
    remove: (no: number) => t('schedules:removeWindow', { no }),
  };
  return (
    <RowsField rows={windows} fresh={FRESH} words={words} error={error} onChange={onChange}>
      {(window, no, replace) => (
        <>
          <input
            type="time"
            className={styles.time}
            aria-label={t('schedules:windowFrom', { no })}
            value={window.from}
            onChange={(event) => replace({ ...window, from: event.target.value })}
          />
          <span aria-hidden>–</span>
          <input
            type="time"
            className={styles.time}
            aria-label={t('schedules:windowTo', { no })}
            value={window.to === '24:00' ? '00:00' : window.to}
            onChange={(event) => replace({ ...window, to: event.target.value })}
          />
        </>
      )}
    </RowsField>
  );
}
