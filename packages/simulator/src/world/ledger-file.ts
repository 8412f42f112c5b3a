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

/** For copies. In memory where the system offers it: a simulated power cut is not one of this machine. */
const ROOT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * The controller's database, real SQLite that outlives each run of the controller: in memory, for half of a life would
 * otherwise be locks of a file, until it is restored from a copy. Kills of real processes prove what becomes of its file.
 */
export class LedgerFile {
  readonly conditions: DiskConditions = { ...SOUND };
  readonly #folder = mkdtempSync(join(ROOT, 'perista-world-'));
  readonly #random: Random;
  readonly #onCommit: (store: Store, statements: string) => void;
  #unit: Store = new NodeSqliteStore(':memory:');
  #isOpen = false;
  #copies = 0;
  #newestCopy: string | null = null;

  constructor(random: Random, onCommit: (store: Store, statements: string) => void) {
    this.#random = random;
    this.#onCommit = onCommit;
  }

  makeSound(): void {
    Object.assign(this.conditions, SOUND);
  }

  /** The database, or a copy of it, as one run of a controller has it open until it ends. */
  storeFor(life: Life, copy?: string): Store {
    const isOwn = copy === undefined;
    const inner = isOwn ? this.#unit : new NodeSqliteStore(join(this.#folder, copy));
    if (isOwn) this.#isOpen = true;
    life.onEnd(() => {
      if (isOwn) this.#isOpen = false;
      else queueMicrotask(() => inner.close());
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
      close: () => {
        if (!isOwn) inner.close();
      },
    };
  }

  /** Reads the database behind the back of the controller that has it open; null while none has. */
  look<T>(look: (store: Store) => T): T | null {
    return this.#isOpen ? look(this.#unit) : null;
  }

  /** Copies the database for a time to come; the copy's name. */
  backUp(): string {
    this.#newestCopy = this.copy();
    return this.#newestCopy;
  }

  copy(): string {
    const copy = `copy-${++this.#copies}.sqlite`;
    this.#unit.run(`VACUUM INTO '${join(this.#folder, copy)}'`);
    return copy;
  }

  /** A database in which nothing stands. */
  blank(): string {
    return `blank-${++this.#copies}.sqlite`;
  }

  /** The last copy that was made, if there is one. */
  get newestCopy(): string | null {
    return this.#newestCopy;
  }

  /** Puts a copy in the place of the database; nobody may have it open. */
  restore(copy: string): void {
    this.#unit.close();
    const file = join(this.#folder, `unit-${++this.#copies}.sqlite`);
    copyFileSync(join(this.#folder, copy), file);
    this.#unit = new NodeSqliteStore(file);
  }

  remove(): void {
    this.#unit.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #happens(probability: number): boolean {
    return probability > 0 && this.#random.unit() < probability;
  }
}
