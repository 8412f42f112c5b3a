import type { Copy } from './sealed-record.ts';

/** What a record's two copies say together. `damaged`: something was kept here, and no copy of it can be believed. */
export type RecordContent<T> =
  | { readonly kind: 'empty' }
  | { readonly kind: 'kept'; readonly value: T; readonly sequence: number }
  | { readonly kind: 'damaged'; readonly reason: string };

/** The newer good copy. A second copy alone and torn is the very first save, cut before anybody relied on it. */
export function settleCopies<T>(first: Copy<T>, second: Copy<T>): RecordContent<T> {
  if (first.kind === 'good' && second.kind === 'good') {
    return isNewer(first.sequence, second.sequence) ? kept(first) : kept(second);
  }
  if (first.kind === 'good') return kept(first);
  if (second.kind === 'good') return kept(second);
  return first.kind === 'blank' ? { kind: 'empty' } : { kind: 'damaged', reason: first.reason };
}

const kept = <T>({ value, sequence }: Copy<T> & { kind: 'good' }) => ({ kind: 'kept', value, sequence }) as const;

/** Also across the end of the u32 (serial numbers of RFC 1982). */
const isNewer = (one: number, other: number) => ((one - other) | 0) > 0;
