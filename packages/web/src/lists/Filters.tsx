import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SelectField } from '../design/Field.tsx';
import styles from './Filters.module.css';

export function Filters({ children }: { children: ReactNode }) {
  return <div className={styles.filters}>{children}</div>;
}

interface FilterSelectProps {
  readonly label: string;
  /** Undefined: all. */
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChange: (value: string) => void;
}

export function FilterSelect({ label, value = '', options, onChange }: FilterSelectProps) {
  const { t } = useTranslation();
  const isKnown = value === '' || options.some(([option]) => option === value);
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t('filter.all')}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
