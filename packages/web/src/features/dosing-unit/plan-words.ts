import type { PlanCeiling, PlanProblem } from '@perista/core';
import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';

/** The rule that binds a plan and what stands against it, in words. */
export function usePlanWords(limits: Pump['limits']) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  const rule = ({ rule: name }: PlanCeiling) =>
    t(`dosingUnit:rule.${name}`, {
      limit: name === 'duration_s' ? `${format.number(limits[name])} s` : format.orderedMl(limits[name]),
    });
  // A ceiling that is rounded up could not be reached.
  const most = ({ weeklyMl }: PlanCeiling) => format.orderedMl(Math.floor(weeklyMl * 10 + 1e-6) / 10);
  return {
    ceiling: (ceiling: PlanCeiling) => t('dosingUnit:ceiling', { most: most(ceiling), rule: rule(ceiling) }),
    problem: (problem: PlanProblem) =>
      problem.kind === 'over-ceiling'
        ? t('dosingUnit:problem.over-ceiling', {
            asked: format.orderedMl(problem.askedMl),
            most: most(problem),
            rule: rule(problem),
          })
        : t(`dosingUnit:problem.${problem.kind}`),
  };
}
