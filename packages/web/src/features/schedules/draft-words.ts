import { useTranslation } from 'react-i18next';
import type { DraftField, DraftProblem } from './schedule-draft.ts';

/** What is wrong with a field, in the reader's language. */
export function useDraftProblemText(): (problem: DraftProblem, field: DraftField) => string {
  const { t } = useTranslation(['translation', 'schedules']);
  return (problem, field) => {
    const { kind } = problem;
    switch (kind) {
      case 'empty':
        return t(field === 'volume' ? 'doseForm.wrong.empty' : 'schedules:wrong.missing');
      case 'not-a-number':
      case 'ambiguous':
      case 'zero':
        return t(`doseForm.wrong.${kind}`);
      case 'out-of-range':
      case 'wrong-step': {
        const { text, least, most } = problem;
        return t(`schedules:wrong.${kind}`, { field: t(`schedules:cronField.${problem.field}`), text, least, most });
      }
      case 'two-steps':
      case 'wrong-range':
        return t(`schedules:wrong.${kind}`, { field: t(`schedules:cronField.${problem.field}`), text: problem.text });
      case 'too-many-doses':
        return t('schedules:wrong.too-many-doses', { minutes: problem.minutes });
      case 'named-twice':
        return t('schedules:wrong.named-twice', { text: problem.text });
      default:
        return t(`schedules:wrong.${kind}`);
    }
  };
}
