/** What a person typed as a number: the value, or why it is none. */
export type ParsedDecimal =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-a-number' }
  /** A separator before exactly three digits: a thousand to some, a decimal fraction to others. */
  | { readonly kind: 'ambiguous' };

const PLAIN = /^\d{1,12}(?:[.,]\d{1,9})?$/;
/** "1.000" and "12,500", but not "0.125": no thousand begins with a zero. */
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d{3}$/;

/**
 * Reads a non-negative decimal with a point or a comma. It never guesses: what two people would read differently is
 * refused, since a slip of a factor of a thousand is an overdose.
 */
export function parseDecimal(text: string): ParsedDecimal {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (AMBIGUOUS.test(trimmed)) return { kind: 'ambiguous' };
  if (!PLAIN.test(trimmed)) return { kind: 'not-a-number' };
  return { kind: 'number', value: Number(trimmed.replace(',', '.')) };
}
