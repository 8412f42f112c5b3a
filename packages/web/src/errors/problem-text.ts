import { type PlainReason, readPlainReasons } from '@perista/core';
import type { Problem } from '@perista/protocol/api';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { ApiProblem, NoAnswer } from '../api/client.ts';
import { type Format, useFormat } from '../format/format.ts';

/** Turns what went wrong into words with what to do, in the reader's language. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (error) => {
    if (error instanceof NoAnswer) return t('problem.noAnswer');
    if (!(error instanceof ApiProblem)) return t('problem.bug');
    // The server's own sentences are English and the most exact.
    return i18n.language === 'en' ? error.problem.detail : translated(t, format, error.problem);
  };
}

type Named = Pick<Problem, 'code' | 'reason' | 'limit' | 'value' | 'unit'>;

/** By the rule that refused with its figures, else by the code. */
function translated(t: TFunction, format: Format, { code, reason, limit, value, unit }: Named): string {
  const figure = (number: number | undefined) =>
    number === undefined ? '–' : `${format.number(number)} ${unit ?? ''}`.trim();
  const byReason = `problem.reason.${reason ?? ''}`;
  const byCode = `problem.code.${code}`;
  const words = t as unknown as (keys: readonly string[], values: object) => string;
  return `${words([byReason, byCode, 'problem.unknown'], { limit: figure(limit), value: figure(value), code })} (${code})`;
}

/** Why a pump would not dose, or a dose ended otherwise than planned: told with a code and an English sentence. */
export function useReasonText(): (why: { code: string | null; reason: string | null }) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return ({ code, reason }) => {
    if (i18n.language === 'en') return reason ?? '';
    const words = t as unknown as (key: string, values: object) => string;
    const plain = ({ name, values }: PlainReason) => words(`problem.plain.${name}`, written(values, format));
    if (code === null)
      return (
        readPlainReasons(reason ?? '')
          ?.map(plain)
          .join(' ') ??
        reason ??
        ''
      );
    return i18n.exists(`problem.code.${code}`) ? `${words(`problem.code.${code}`, {})} (${code})` : (reason ?? code);
  };
}

/** Volumes as this reader writes them. */
const written = ({ lo, hi, ...values }: PlainReason['values'], format: Format) => ({
  ...values,
  ...(lo !== undefined && { lo: format.number(Number(lo), 3) }),
  ...(hi !== undefined && { hi: format.number(Number(hi), 3) }),
});

/** What ails the unit, which names a code in each of its sentences. */
export function useHealthText(): (reasons: readonly string[]) => string {
  const reasonText = useReasonText();
  return (reasons) =>
    reasons.map((reason) => reasonText({ code: /\bE\d{3}\b/.exec(reason)?.[0] ?? null, reason })).join(' · ');
}
