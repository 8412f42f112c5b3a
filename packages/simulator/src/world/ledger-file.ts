import { randomUUID } from 'node:crypto';
import { NodeSqliteStore, type Store } from '@perista/controller';
import { assert, PeristaError, type Random } from '@perista/core';
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

/**
 * The controller's database and its copies, real SQLite that outlives each run of the controller: in memory, for half of a
 * life would otherwise be locks of a file. Kills of real processes prove what becomes of its file.
 */
export class LedgerFile {
  readonly conditions: DiskConditions = { ...SOUND };
  /** All worlds of a process share the names of databases in memory. */
  readonly #world = randomUUID();
  readonly #random: Random;
  readonly #onCommit: (store: Store, statements: readonly string[]) => void;
  #unit: Store = new NodeSqliteStore(':memory:');
  #isOpen = false;
  /** A database in memory is there as long as somebody has it open. */
  readonly #kept = new Map<string, Store>();
  #newestCopy: string | null = null;

  constructor(random: Random, onCommit: (store: Store, statements: readonly string[]) => void) {
    this.#random = random;
    this.#onCommit = onCommit;
  }

  makeSound(): void {
    Object.assign(this.conditions, SOUND);
  }

  /** The database, or a copy of it, as one run of a controller has it open until it ends. */
  storeFor(life: Life, copy?: string): Store {
    const isOwn = copy === undefined;
    const inner = isOwn ? this.#unit : new NodeSqliteStore(copy);
    if (isOwn) this.#isOpen = true;
    life.onEnd(() => {
      if (isOwn) this.#isOpen = false;
      else queueMicrotask(() => inner.close());
    });
    let depth = 0;
    let statements: string[] = [];
    const committed = () => {
      if (isOwn) this.#onCommit(inner, statements);
      statements = [];
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
        statements.push(sql);
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

  /** A copy of the database as it is now, by its address. */
  copy(): string {
    const copy = this.blank();
    this.#unit.run(`VACUUM INTO '${copy}'`);
    return copy;
  }

  /** A database in which nothing stands. */
  blank(): string {
    const address = `file:/${this.#world}-${this.#kept.size}?vfs=memdb`;
    this.#kept.set(address, new NodeSqliteStore(address));
    return address;
  }

  /** The last copy that was made, if there is one. */
  get newestCopy(): string | null {
    return this.#newestCopy;
  }

  /** Puts a copy in the place of the database; nobody may have it open. */
  restore(copy: string): void {
    const kept = this.#kept.get(copy);
    assert(kept !== undefined, 'only a copy that was made is restored');
    this.#unit.close();
    const address = this.blank();
    kept.run(`VACUUM INTO '${address}'`);
    this.#unit = new NodeSqliteStore(address);
  }

  remove(): void {
    this.#unit.close();
    for (const database of this.#kept.values()) database.close();
  }

  #happens(probability: number): boolean {
    return probability > 0 && this.#random.unit() < probability;
  }
}
