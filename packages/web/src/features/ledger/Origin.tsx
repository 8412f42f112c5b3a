import type { Dose } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { searchOf } from '../../api/queries.ts';
import styles from './DoseTable.module.css';

/** Where a dose came from: its plan, who asked for it, and the calibration that turned its volume into turns. */
export function Origin({ dose }: { dose: Dose }) {
  const { t } = useTranslation();
  const cause = t(`cause.${dose.cause}`);
  return (
    <>
      {dose.cause === 'schedule' ? <Link href={planOf(dose)}>{cause}</Link> : cause}
      {' · '}
      <Link href={`/events?${searchOf({ actor: dose.actor })}`}>{dose.actor}</Link>
      {dose.calibration_id !== null && (
        <span className={styles.calibration}>
          {' · '}
          <Link href={`/pumps/${dose.pump_id}/calibration`}>
            {t('ledger.calibration', { id: dose.calibration_id })}
          </Link>
        </span>
      )}
    </>
  );
}

/** A dose without a schedule of its own is one of the weekly plan. */
const planOf = ({ schedule_id }: Dose): string => (schedule_id === null ? '/dosing-unit' : '/schedules');
