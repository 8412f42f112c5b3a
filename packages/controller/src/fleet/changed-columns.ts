import type { SqlValue } from '../store/store.ts';

/** What follows SET for the keys of `patch`, and its values; columns are named by the code alone. */
export function changedColumns<Key extends string>(
  columns: Readonly<Record<Key, string>>,
  patch: Readonly<Partial<Record<Key, SqlValue>>>,
): { readonly sql: string; readonly values: SqlValue[] } {
  const entries = (Object.entries(patch) as [Key, SqlValue | undefined][]).filter(
    (entry): entry is [Key, SqlValue] => entry[1] !== undefined,
  );
  return {
    sql: entries.map(([key]) => `${columns[key]} = ?`).join(', '),
    values: entries.map(([, value]) => value),
  };
}
