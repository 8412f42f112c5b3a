import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { type Migration, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { NodeSqliteStore } from './node-sqlite-store.ts';

const ONE: Migration = {
  version: 1,
  name: 'one',
  script: 'CREATE TABLE one (id INTEGER);\nINSERT INTO one VALUES (1);',
};
const TWO: Migration = { version: 2, name: 'two', script: 'INSERT INTO one VALUES (2);' };
const BROKEN: Migration = {
  version: 2,
  name: 'two',
  script: 'INSERT INTO one VALUES (2);\nINSERT INTO none VALUES (1);',
};

const rows = (store: NodeSqliteStore) => store.all<{ id: number }>('SELECT id FROM one').map(({ id }) => id);

describe('migrations', () => {
  it('run once each, in order, and only those that are new', () => {
    const store = new NodeSqliteStore(':memory:');
    migrate(store, [ONE], 5);
    migrate(store, [ONE, TWO], 6);
    migrate(store, [ONE, TWO], 7);
    expect(rows(store)).toEqual([1, 2]);
    expect(store.all('SELECT version, applied_at_ms FROM schema_versions')).toEqual([
      { version: 1, applied_at_ms: 5 },
      { version: 2, applied_at_ms: 6 },
    ]);
  });

  it('leave nothing of a step that fails', () => {
    const store = new NodeSqliteStore(':memory:');
    migrate(store, [ONE], 5);
    expect(() => migrate(store, [ONE, BROKEN], 6)).toThrow('none');
    expect(rows(store)).toEqual([1]);
    migrate(store, [ONE, TWO], 7);
    expect(rows(store)).toEqual([1, 2]);
  });

  it('refuse a database of a newer release in plain words', () => {
    const store = new NodeSqliteStore(':memory:');
    migrate(store, [ONE, TWO], 5);
    const attempt = () => migrate(store, [ONE], 6);
    expect(attempt).toThrow('install the newer release');
    try {
      attempt();
    } catch (error) {
      expect(isPeristaError(error, 'E301')).toBe(true);
    }
  });

  it('make every table of the product strict', () => {
    const store = new NodeSqliteStore(':memory:');
    migrate(store, MIGRATIONS, 0);
    const tables = store.all<{ name: string; strict: number }>(
      `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`,
    );
    expect(tables.length).toBeGreaterThan(9);
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([]);
  });
});
