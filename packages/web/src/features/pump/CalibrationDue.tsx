import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

/** A pump whose calibration its reminder wants made anew leads to where that is done. */
export function CalibrationDue({ pump: { id, calibration } }: { pump: Pump }) {
  const { t } = useTranslation();
  if (calibration === null || calibration.due === null) return null;
  return (
    <p>
      <Link href={`/pumps/${id}/calibration`}>{t('calibration.due')}</Link>
    </p>
  );
}
