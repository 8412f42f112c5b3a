import { useTranslation } from 'react-i18next';
import { RowsField } from './RowsField.tsx';
import styles from './RuleFields.module.css';

interface TimesFieldProps {
  readonly times: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (times: string[]) => void;
}

/** Times of the day, one after another. */
export function TimesField({ times, error, onChange }: TimesFieldProps) {
  const { t } = useTranslation(['translation', 'schedules']);
  const words = {
    legend: t('schedules:times'),
    add: t('schedules:addTime'),
    remove: (no: number) => t('schedules:removeTime', { no }),
  };
  return (
    <RowsField rows={times} fresh="20:00" words={words} error={error} onChange={onChange}>
      {(time, no, replace) => (
        <input
          type="time"
          className={styles.time}
          aria-label={t('schedules:timeNo', { no })}
          value={time}
          onChange={(event) => replace(event.target.value)}
        />
      )}
    </RowsField>
  );
}
