import type { Store } from './store.ts';

/** Notes each statement that reaches `store`; for tests. */
export function listeningStore(store: Store, statements: string[]): Store {
  const note = (sql: string) => statements.push(sql);
  return {
    all: (sql, ...params) => [note(sql), store.all(sql, ...params)][1] as never,
    get: (sql, ...params) => [note(sql), store.get(sql, ...params)][1] as never,
    run: (sql, ...params) => [note(sql), store.run(sql, ...params)][1] as never,
    transaction: (work) => [note('BEGIN IMMEDIATE'), store.transaction(work)][1] as never,
    close: () => store.close(),
  };
}
