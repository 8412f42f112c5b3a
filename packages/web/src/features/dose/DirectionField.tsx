import type { DoseRequest } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { SelectField } from '../../design/Field.tsx';

export type Direction = NonNullable<DoseRequest['direction']>;

interface DirectionFieldProps {
  readonly value: Direction;
  readonly disabled?: boolean;
  readonly onChange: (direction: Direction) => void;
}

export function DirectionField({ value, disabled = false, onChange }: DirectionFieldProps) {
  const { t } = useTranslation();
  return (
    <SelectField
      label={t('doseForm.direction')}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as Direction)}
    >
      <option value="forward">{t('direction.forward')}</option>
      <option value="reverse">{t('direction.reverse')}</option>
    </SelectField>
  );
}
