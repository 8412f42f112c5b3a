import { useTranslation } from 'react-i18next';
import type { FieldProblem } from '../dose/dose-draft.ts';

/** Why what was typed is no number; not every field here is a volume. */
export function useFieldText(): (problem: FieldProblem) => string {
  const { t } = useTranslation(['translation', 'calibrate']);
  return (problem) => (problem === 'empty' ? t('calibrate:run.empty') : t(`doseForm.wrong.${problem}`));
}
