import type { Plan, PlanDose } from '@perista/protocol/api';
import { Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './Plan.module.css';

const STATES = ['given', 'waits', 'refused', 'missed'] as const satisfies readonly PlanDose['state'][];

interface PlanLegendProps {
  readonly plan: Plan;
  readonly doses: readonly PlanDose[];
}

/** What the looks of marks mean, of those that are there. */
export function PlanLegend({ plan, doses }: PlanLegendProps) {
  const { t } = useTranslation('plan');
  return (
    <ul className={styles.legend}>
      {STATES.filter((state) => doses.some((dose) => dose.state === state)).map((state) => (
        <li key={state}>
          <span aria-hidden className={styles.sample} data-state={state} />
          {t(`state.${state}`)}
        </li>
      ))}
      {plan.containers.some(({ runs_out_at }) => runs_out_at !== null) && (
        <li>
          <span aria-hidden className={styles.sampleLine} />
          {t('mark.runsOut')}
        </li>
      )}
      {plan.clock_changes.length > 0 && (
        <li>
          <span aria-hidden className={styles.sampleDay}>
            <Clock size={12} />
          </span>
          {t('mark.clocks')}
        </li>
      )}
    </ul>
  );
}
