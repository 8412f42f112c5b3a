export type SqlValue = string | number | bigint | null | Uint8Array;

/**
 * Synchronous SQL. Any failure is a PeristaError E301 with its cause. Statements never read a clock or chance: instants
 * and ids are parameters.
 */
export interface Store {
  all<Row>(sql: string, ...params: SqlValue[]): Row[];
  get<Row>(sql: string, ...params: SqlValue[]): Row | undefined;
  run(sql: string, ...params: SqlValue[]): { readonly changes: number };
  /**
   * All of `work` or nothing of it, durable when it returns; inside another transaction it joins that one.
   * When it throws E301 the work may still be durable (a commit can fail after its last write): read before repeating.
   */
  transaction<T>(work: () => T): T;
  close(): void;
}
