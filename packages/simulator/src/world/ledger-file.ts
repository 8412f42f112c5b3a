import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeSqliteStore, type Store } from '@perista/controller';
import { PeristaError, type Random } from '@perista/core';
import type { Life } from './life.ts';

/** What can be wrong with the disk under the database. */
export interface DiskConditions {
  /** Writes fail, as on a full disk; reading works. */
  isFull: boolean;
  /** Probability that a commit fails with nothing written, and that it fails although everything was. */
  lostCommits: number;
  falseAlarms: number;
}

const SOUND: DiskConditions = { isFull: false, lostCommits: 0, falseAlarms: 0 };

/** In memory where the system offers it: a simulated power cut is not one of this machine. */
const ROOT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The controller's database, a real SQLite file that outlives each run of the controller. */
export class LedgerFile {
  readonly conditions: DiskConditions = { ...SOUND };
  readonly #folder = mkdtempSync(join(ROOT, 'perista-world-'));
  readonly #random: Random;
  readonly #onCommit: (store: Store, statements: string) => void;
  #backups = 0;
  #newestCopy: string | null = null;
  #opened: Store | null = null;

  constructor(random: Random, onCommit: (store: Store, statements: string) => void) {
    this.#random = random;
    this.#onCommit = onCommit;
  }

  makeSound(): void {
    Object.assign(this.conditions, SOUND);
  }

  /** The database as one run of the controller has it open; closed when that run ends. */
  storeFor(life: Life, file = 'unit.sqlite'): Store {
    const inner = new NodeSqliteStore(join(this.#folder, file));
    const isOwn = file === 'unit.sqlite';
    if (isOwn) this.#opened = inner;
    life.onEnd(() => {
      if (this.#opened === inner) this.#opened = null;
      queueMicrotask(() => inner.close());
    });
    let depth = 0;
    let statements = '';
    const committed = () => {
      if (isOwn) this.#onCommit(inner, statements);
      statements = '';
    };
    const write = <T>(work: () => T): T =>
      life.callNow(() => {
        if (this.conditions.isFull) throw new PeristaError('E301', 'The database could not be written: disk full');
        if (this.#happens(this.conditions.lostCommits)) throw new PeristaError('E301', 'The commit failed');
        const done = work();
        committed();
        if (this.#happens(this.conditions.falseAlarms)) throw new PeristaError('E301', 'The commit failed afterwards');
        return done;
      });
    return {
      all: (sql, ...params) => life.callNow(() => inner.all(sql, ...params)),
      get: (sql, ...params) => life.callNow(() => inner.get(sql, ...params)),
      run: (sql, ...params) => {
        statements += sql;
        if (depth > 0) return life.callNow(() => inner.run(sql, ...params));
        return write(() => inner.run(sql, ...params));
      },
      transaction: (work) => {
        if (depth > 0) return work();
        return write(() =>
          inner.transaction(() => {
            depth++;
            try {
              return work();
            } finally {
              depth--;
            }
          }),
        );
      },
      close: () => inner.close(),
    };
  }

  /** Reads the database behind the back of the controller that has it open; null while none has. */
  look<T>(look: (store: Store) => T): T | null {
    return this.#opened === null ? null : look(this.#opened);
  }

  /** Copies the database for a time to come; the copy's name. */
  backUp(): string {
    this.#newestCopy = this.copy();
    return this.#newestCopy;
  }

  copy(): string {
    const copy = `copy-${++this.#backups}.sqlite`;
    const store = new NodeSqliteStore(join(this.#folder, 'unit.sqlite'));
    store.run(`VACUUM INTO '${join(this.#folder, copy)}'`);
    store.close();
    return copy;
  }

  /** A database in which nothing stands. */
  blank(): string {
    return `blank-${++this.#backups}.sqlite`;
  }

  /** The last copy that was made, if there is one. */
  get newestCopy(): string | null {
    return this.#newestCopy;
  }

  /** Puts a copy in the place of the database; nobody may have it open. */
  restore(copy: string): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(this.#folder, `unit.sqlite${suffix}`), { force: true });
    copyFileSync(join(this.#folder, copy), join(this.#folder, 'unit.sqlite'));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #happens(probability: number): boolean {
    return probability > 0 && this.#random.unit() < probability;
  }
}
