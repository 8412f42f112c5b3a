import { assert, PeristaError } from '@perista/core';
import type { Store } from './store.ts';

/** One step of the schema. Steps that were released are never changed, only followed by others. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** SQL without triggers; each statement ends in a semicolon at the end of a line. */
  readonly script: string;
}

/**
 * Brings the database to the newest schema, each step in a transaction of its own, or leaves it as it was.
 * @throws PeristaError E301 if a newer release wrote it.
 */
export function migrate(store: Store, migrations: readonly Migration[], nowMs: number): void {
  assert(
    migrations.every(({ version }, index) => version === index + 1),
    'migrations are numbered 1, 2, 3 …',
  );
  store.run(
    'CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT',
  );
  const present = store.get<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM schema_versions');
  const from = present?.version ?? 0;
  if (from > migrations.length) {
    throw new PeristaError(
      'E301',
      `The database has schema ${from}, but this release of Perista knows ${migrations.length} at most; install the newer release again`,
      { details: { found: from, known: migrations.length } },
    );
  }
  for (const { version, name, script } of migrations.slice(from)) {
    store.transaction(() => {
      for (const statement of statementsOf(script)) store.run(statement);
      store.run('INSERT INTO schema_versions VALUES (?, ?, ?)', version, name, Math.trunc(nowMs));
    });
  }
}

/** The store runs one statement at a time. */
function statementsOf(script: string): string[] {
  return script
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
