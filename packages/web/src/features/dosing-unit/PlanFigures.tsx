import type { PlannedDose } from '@perista/core';
import { useTranslation } from 'react-i18next';
import { Facts } from '../../design/Facts.tsx';
import { useFormat } from '../../format/format.ts';

/** What one dose of a draft comes to. */
export function PlanFigures({ dose }: { dose: PlannedDose | null }) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  return (
    <div aria-live="polite">
      <Facts
        facts={[
          [t('dosingUnit:single'), dose === null ? '–' : format.ml(dose.singleMl)],
          [t('dosingUnit:duration'), dose === null ? '–' : `${format.number(dose.durationS, 0)} s`],
        ]}
      />
    </div>
  );
}
