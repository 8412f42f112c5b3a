import { DatabaseSync } from 'node:sqlite';
import { isPeristaError, PeristaError } from '@perista/core';
import { PreparedStatement } from './prepared-statement.ts';
import type { SqlValue, Store } from './store.ts';

/** How long another process (a backup, a viewer) may hold the file before we give up. */
const BUSY_TIMEOUT_MS = 2_000;

/** Texts of statements are constants of the code, so the cache is bounded; this only guards against a mistake. */
const MAX_CACHED_STATEMENTS = 500;

/** What `PRAGMA synchronous` is set to, or that nothing is written. */
type Mode = 'FULL' | 'NORMAL' | 'READ';

/**
 * {@link Store} on node:sqlite. `path` is a file, or `:memory:`. Commits are on the disk before they return; with `NORMAL`
 * the last ones may be lost with the power, and the file stays whole. `READ` leaves the file to whoever made it.
 */
export class NodeSqliteStore implements Store {
  readonly #path: string;
  readonly #mode: Mode;
  #database: DatabaseSync;
  /** Of the schema as it was when `#schemaVersion` was read. */
  #statements = new Map<string, PreparedStatement>();
  #schemaVersion: SqlValue = null;
  #isInside = false;
  /** The transaction that is open may have changed columns. */
  #hasTouchedSchema = false;
  #isClosed = false;

  constructor(path: string, mode: Mode = 'FULL') {
    this.#path = path;
    this.#mode = mode;
    this.#database = guarded('opened', () => open(path, mode));
  }

  all<Row>(sql: string, ...params: SqlValue[]): Row[] {
    return guarded('read', () => this.#prepare(sql).all(params)) as Row[];
  }

  get<Row>(sql: string, ...params: SqlValue[]): Row | undefined {
    return guarded('read', () => this.#prepare(sql).get(params)) as Row | undefined;
  }

  run(sql: string, ...params: SqlValue[]): { readonly changes: number } {
    return guarded('written', () => {
      const statement = this.#prepare(sql);
      const done = statement.run(params);
      if (statement.mayChangeSchema) {
        this.#hasTouchedSchema = true;
        this.#forgetIfChanged();
      }
      return done;
    });
  }

  transaction<T>(work: () => T): T {
    if (this.#isInside) return work();
    guarded('locked for writing', () => this.#prepare('BEGIN IMMEDIATE').run([]));
    this.#isInside = true;
    this.#hasTouchedSchema = false;
    try {
      const result = work();
      this.#commit();
      return result;
    } catch (thrown) {
      this.#rollBack();
      throw thrown;
    } finally {
      this.#isInside = false;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
    if (this.#database.isOpen) guarded('closed', () => this.#database.close());
  }

  /** After a commit that failed, only a fresh look at the file can say whether it is durable. */
  #commit(): void {
    try {
      guarded('written', () => this.#prepare('COMMIT').run([]));
    } catch (thrown) {
      this.#rollBack();
      if (this.#path !== ':memory:') this.#database.close();
      throw thrown;
    }
  }

  /** A full disk has rolled back already, and then there is nothing to roll back: the first error is the one to tell. */
  #rollBack(): void {
    if (this.#hasTouchedSchema) this.#forget();
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // If a transaction is still open after this, the next BEGIN says so.
    }
  }

  /** Reopening fails while the disk is bad; it is tried again each time. */
  #ready(): DatabaseSync {
    if (!this.#database.isOpen && !this.#isClosed) {
      this.#forget();
      this.#database = open(this.#path, this.#mode);
    }
    return this.#database;
  }

  /** Columns may be others now. */
  #forgetIfChanged(): void {
    const version = this.#prepare('PRAGMA schema_version').get([])?.schema_version ?? null;
    if (version === this.#schemaVersion) return;
    this.#forget();
    this.#schemaVersion = version;
  }

  #forget(): void {
    this.#statements.clear();
    this.#schemaVersion = null;
  }

  #prepare(sql: string): PreparedStatement {
    const database = this.#ready();
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.clear();
    const statement = new PreparedStatement(database, sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function open(path: string, mode: Mode): DatabaseSync {
  const readOnly = mode === 'READ';
  const database = new DatabaseSync(path, { readOnly, enableForeignKeyConstraints: true, timeout: BUSY_TIMEOUT_MS });
  if (readOnly) return database;
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA synchronous = ${mode}`);
  return database;
}

function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isPeristaError(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PeristaError('E301', `The database could not be ${what}: ${why}`, { cause });
  }
}
