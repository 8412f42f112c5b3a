import type { Role } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useRolesUpToMine } from '../../app/session-context.tsx';
import { SelectField } from '../../design/Field.tsx';

interface RoleFieldProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly value: Role;
  readonly disabled?: boolean;
  readonly onChange: (role: Role) => void;
}

/** What somebody may do, each role with what it means. */
export function RoleField({ label, isLabelHidden = false, value, disabled = false, onChange }: RoleFieldProps) {
  const { t } = useTranslation();
  const roles = useRolesUpToMine();
  return (
    <SelectField
      label={label}
      isLabelHidden={isLabelHidden}
      hint={isLabelHidden ? undefined : t(`role.means.${value}`)}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as Role)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {t(`role.${role}`)}
        </option>
      ))}
    </SelectField>
  );
}
