import type { Separations } from '@perista/protocol/api';

export type Pair = Separations['items'][number];

/** Two pumps and their distance, as typed. */
export interface PairDraft {
  readonly first: string;
  readonly second: string;
  readonly minutes: string;
}

export type PairOutlook =
  | { readonly kind: 'ready'; readonly pair: Pair }
  | { readonly kind: 'wrong'; readonly field: 'second' | 'minutes'; readonly problem: 'same' | 'known' | 'minutes' };

const LEAST_MINUTES = 1;
const MOST_MINUTES = 1440;

/** What a draft amounts to, by the rules of the server; `others` are the pairs that stand already. */
export function lookAtPair({ first, second, minutes }: PairDraft, others: readonly Pair[]): PairOutlook {
  if (first === second) return { kind: 'wrong', field: 'second', problem: 'same' };
  const pair: Pair = { pumps: [first, second], minutes: Number(minutes) };
  if (others.some((other) => isSame(other, pair))) return { kind: 'wrong', field: 'second', problem: 'known' };
  const isWhole = /^\s*\d{1,4}\s*$/.test(minutes) && pair.minutes >= LEAST_MINUTES && pair.minutes <= MOST_MINUTES;
  return isWhole ? { kind: 'ready', pair } : { kind: 'wrong', field: 'minutes', problem: 'minutes' };
}

/** The pairs with `after` in the place of `before`; null stands for a pair that was not, or will not be. */
export const withChange = (pairs: readonly Pair[], before: Pair | null, after: Pair | null): Pair[] => [
  ...pairs.filter((pair) => before === null || !isSame(pair, before)),
  ...(after === null ? [] : [after]),
];

/** Whether two pairs are of the same pumps, either way round. */
export const isSame = (one: Pair, other: Pair): boolean =>
  one.pumps.toSorted().join(' ') === other.pumps.toSorted().join(' ');
