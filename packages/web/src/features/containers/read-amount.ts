import { parseDecimal } from '@perista/core';

export type AmountProblem = 'empty' | 'not-a-number' | 'ambiguous';

/** A volume as typed, which may be 0, or why it is none. */
export function readAmount(text: string): number | AmountProblem {
  const parsed = parseDecimal(text);
  return parsed.kind === 'number' ? parsed.value : parsed.kind;
}

/** As a field shows a volume: no thousands, and decimals that nobody takes for them. */
export const typedAmount = (ml: number, language: string): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false }).format(ml);
