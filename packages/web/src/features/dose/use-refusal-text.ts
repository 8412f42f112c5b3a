import type { Refusal } from '@perista/core';
import { ApiProblem } from '../../api/client.ts';
import { useProblemText } from '../../errors/problem-text.ts';

/** A rule's own no, in the same words in which the server would say it. */
export function useRefusalText(): (refusal: Refusal) => string {
  const problemText = useProblemText();
  return ({ sentence, code, reason, limit, value, unit }) =>
    problemText(
      new ApiProblem({
        type: '',
        title: '',
        status: 422,
        detail: sentence,
        code,
        reason,
        ...(limit !== undefined && { limit }),
        ...(value !== undefined && { value }),
        ...(unit !== undefined && { unit }),
      }),
    );
}
