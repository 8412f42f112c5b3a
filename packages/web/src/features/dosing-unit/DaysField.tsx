import { DAY_PRESETS, DAYS_OF_WEEK, type DayMask, type DayPreset, isDayOn, presetOf } from '@perista/core';
import { useTranslation } from 'react-i18next';
import { SelectField } from '../../design/Field.tsx';
import styles from './DaysField.module.css';
import { useDayNames } from './day-names.ts';
import './dosing-unit-words.ts';

const PRESETS = Object.keys(DAY_PRESETS) as DayPreset[];

/** Days by a name that many weeks have, or one by one. */
export function DaysField({ days, onChange }: { days: DayMask; onChange: (days: DayMask) => void }) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const short = useDayNames('short');
  const long = useDayNames('long');
  return (
    <div className={styles.field}>
      <SelectField
        label={t('dosingUnit:days')}
        value={presetOf(days) ?? ''}
        onChange={(event) => onChange(DAY_PRESETS[event.target.value as DayPreset])}
      >
        <option value="" disabled>
          {t('dosingUnit:singleDays')}
        </option>
        {PRESETS.map((preset) => (
          <option key={preset} value={preset}>
            {t(`dosingUnit:preset.${preset}`)}
          </option>
        ))}
      </SelectField>
      <fieldset className={styles.days}>
        <legend className="visually-hidden">{t('dosingUnit:singleDays')}</legend>
        {DAYS_OF_WEEK.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={isDayOn(days, day)}
            title={long[day]}
            onClick={() => onChange(days ^ (1 << day))}
          >
            {short[day]}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
