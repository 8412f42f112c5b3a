// Proves that a transaction is whole, durable or not there, and that a disk that fails is told as what it is (P25).
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { NodeSqliteStore } from './node-sqlite-store.ts';

const file = () => join(mkdtempSync(join(tmpdir(), 'perista-store-')), 'test.sqlite');

function withTable(path = ':memory:'): NodeSqliteStore {
  const store = new NodeSqliteStore(path);
  store.run('CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  return store;
}

const texts = (store: NodeSqliteStore) =>
  store.all<{ text: string }>('SELECT text FROM notes ORDER BY id').map(({ text }) => text);

const add = (store: NodeSqliteStore, text: string) => store.run('INSERT INTO notes (text) VALUES (?)', text);

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the store on node:sqlite', () => {
  it('is durable on each commit and lets readers in', () => {
    const store = withTable(file());
    expect(store.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(store.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
    expect(store.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
    expect(store.get('PRAGMA busy_timeout')).toEqual({ timeout: 2000 });
  });

  it('keeps all of a transaction or nothing, and a nested one belongs to the outer', () => {
    const store = withTable();
    const broken = () =>
      store.transaction(() => {
        add(store, 'outer');
        store.transaction(() => add(store, 'inner'));
        throw new Error('thought better of it');
      });
    expect(broken).toThrow('thought better of it');
    expect(texts(store)).toEqual([]);
    expect(store.transaction(() => add(store, 'kept').changes)).toBe(1);
    expect(texts(store)).toEqual(['kept']);
  });

  it('tells of a full disk as what it is, and works on when there is room again', () => {
    const store = withTable();
    store.run('PRAGMA max_page_count = 8');
    const fill = () =>
      store.transaction(() => {
        for (let row = 0; row < 1_000; row++) add(store, 'x'.repeat(1_000));
      });
    const error = thrownBy(fill);
    expect(isPeristaError(error, 'E301')).toBe(true);
    expect(String(error)).toContain('database or disk is full');
    expect(texts(store)).toEqual([]);
    store.run('PRAGMA max_page_count = 1000');
    store.transaction(() => add(store, 'again'));
    expect(texts(store)).toEqual(['again']);
  });

  it('reads the file anew after a commit that failed', () => {
    const path = file();
    const store = withTable(path);
    // A constraint that is checked at the commit makes the commit itself fail.
    store.run('CREATE TABLE owners (id INTEGER PRIMARY KEY)');
    store.run('CREATE TABLE owned (owner INTEGER REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED)');
    const error = thrownBy(() =>
      store.transaction(() => {
        add(store, 'lost');
        store.run('INSERT INTO owned VALUES (7)');
      }),
    );
    expect(isPeristaError(error, 'E301')).toBe(true);
    expect(texts(store)).toEqual([]);
    store.transaction(() => add(store, 'kept'));
    store.close();
    expect(texts(withTable(path))).toEqual(['kept']);
  });

  it('gives rows the columns that their table has now, also after it changed and after that was undone', () => {
    const store = withTable();
    const all = () => store.all('SELECT * FROM notes');
    const alter = () => store.run("ALTER TABLE notes ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'");
    const alterInVain = () =>
      store.transaction(() => {
        alter();
        expect(all()).toEqual([{ id: 1, text: 'one', mood: 'calm' }]);
        throw new Error('thought better of it');
      });
    add(store, 'one');
    expect(all()).toEqual([{ id: 1, text: 'one' }]);
    expect(alterInVain).toThrow('thought better of it');
    expect(all()).toEqual([{ id: 1, text: 'one' }]);
    alter();
    expect(all()).toEqual([{ id: 1, text: 'one', mood: 'calm' }]);
    expect(store.get('SELECT * FROM notes WHERE id = 2')).toBeUndefined();
  });

  it('keeps the cause of a failure, and stays shut once closed', () => {
    const store = withTable();
    const error = thrownBy(() => store.get('SELECT nonsense FROM nowhere'));
    expect(isPeristaError(error, 'E301') && error.cause).toBeInstanceOf(Error);
    store.close();
    store.close();
    expect(
      isPeristaError(
        thrownBy(() => store.get('SELECT 1')),
        'E301',
      ),
    ).toBe(true);
    expect(
      isPeristaError(
        thrownBy(() => store.transaction(() => 1)),
        'E301',
      ),
    ).toBe(true);
  });

  it('refuses a folder that is not there with E301', () => {
    expect(
      isPeristaError(
        thrownBy(() => new NodeSqliteStore('/nowhere/at/all.sqlite')),
        'E301',
      ),
    ).toBe(true);
  });
});
