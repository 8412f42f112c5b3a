import { PeristaError } from '@perista/core';
import type { Store } from './store.ts';

/** A disk that fails as it is told to, around a real database; for tests. */
export class FakeFailingStore implements Store {
  /** What befalls the next transaction. */
  failure: 'none' | 'before-commit' | 'after-commit' = 'none';
  /** After so many writes nothing works any more, as in a process that was killed; what was begun is never committed. */
  writesToLive = Number.POSITIVE_INFINITY;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get isDead(): boolean {
    return this.writesToLive <= 0;
  }

  all<Row>(...args: Parameters<Store['all']>): Row[] {
    this.#assertAlive();
    return this.#store.all(...args);
  }

  get<Row>(...args: Parameters<Store['get']>): Row | undefined {
    this.#assertAlive();
    return this.#store.get(...args);
  }

  run(...args: Parameters<Store['run']>) {
    this.#assertAlive();
    const done = this.#store.run(...args);
    this.writesToLive--;
    this.#assertAlive();
    return done;
  }

  transaction<T>(work: () => T): T {
    this.#assertAlive();
    const { failure } = this;
    this.failure = 'none';
    const result = this.#store.transaction(() => {
      const done = work();
      if (failure === 'before-commit') throw new PeristaError('E301');
      return done;
    });
    if (failure === 'after-commit') throw new PeristaError('E301');
    return result;
  }

  close(): void {
    this.#store.close();
  }

  #assertAlive(): void {
    if (this.isDead) throw new PeristaError('E301', 'The process is dead');
  }
}
