import type { Role } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';

export interface User {
  readonly username: string;
  readonly role: Role;
  readonly passwordHash: string;
}

/** Name of the account whose password is set first. */
export const FIRST_USERNAME = 'admin';

/** The table `users`. */
export class UserStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(username: string): User | undefined {
    return this.#store.get<User>(
      'SELECT username, role, password_hash AS passwordHash FROM users WHERE username = ?',
      username,
    );
  }

  hasAny(): boolean {
    return this.#store.get('SELECT 1 FROM users LIMIT 1') !== undefined;
  }

  /** Inserts the first administrator; false if somebody was there before. */
  createFirst(passwordHash: string, nowMs: number): boolean {
    const { changes } = this.#store.run(
      `INSERT INTO users (username, role, password_hash, created_at_ms)
       SELECT ?, 'admin', ?, ? WHERE NOT EXISTS (SELECT 1 FROM users)`,
      FIRST_USERNAME,
      passwordHash,
      nowMs,
    );
    return changes === 1;
  }
}
