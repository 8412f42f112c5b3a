import { PeristaError } from '@perista/core';
import type { PageOf } from '../services.ts';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A cursor is the sequence number of the last row seen; a first page begins above all rows. */
export function seqBefore({ cursor }: PageQuery): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const seq = Number(cursor);
  if (/^[0-9]{1,16}$/.test(cursor) && Number.isSafeInteger(seq)) return seq;
  throw new PeristaError('E402', `cursor must be the next_cursor of the page before, not "${cursor}"`);
}

/** Cuts `rows`, one more than asked for if there are more, to a page. */
export function pageOf<Row extends { readonly seq: number }, Item>(
  rows: readonly Row[],
  { limit }: PageQuery,
  view: (row: Row) => Item,
): PageOf<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next_cursor: rows.length > limit && last !== undefined ? String(last.seq) : null };
}
