import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqlValue } from './store.ts';

type Row = Record<string, SqlValue>;

/** Whatever else it is, it may change the columns of other statements. */
const LEAVES_SCHEMA = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;

/**
 * A statement that is prepared once. The driver's own rows are slow to make, and slow to read as they share no shape: these
 * are copies of one blank row.
 */
export class PreparedStatement {
  readonly mayChangeSchema: boolean;
  readonly #statement: StatementSync;
  readonly #columns: readonly string[];
  readonly #blank: Row;

  constructor(database: DatabaseSync, sql: string) {
    this.mayChangeSchema = !LEAVES_SCHEMA.test(sql);
    this.#statement = database.prepare(sql);
    this.#statement.setReturnArrays(true);
    this.#columns = this.#statement.columns().map(({ name }) => name);
    this.#blank = Object.fromEntries(this.#columns.map((column) => [column, null]));
  }

  all(params: readonly SqlValue[]): Row[] {
    return (this.#statement.all(...params) as unknown[]).map((values) => this.#row(values));
  }

  get(params: readonly SqlValue[]): Row | undefined {
    const values: unknown = this.#statement.get(...params);
    return values === undefined ? undefined : this.#row(values);
  }

  run(params: readonly SqlValue[]): { readonly changes: number } {
    return { changes: Number(this.#statement.run(...params).changes) };
  }

  /** The driver's types know rows as objects only. */
  #row(values: unknown): Row {
    const row = { ...this.#blank };
    let at = 0;
    for (const column of this.#columns) row[column] = (values as SqlValue[])[at++] as SqlValue;
    return row;
  }
}
