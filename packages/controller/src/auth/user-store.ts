import type { Role } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';

export interface UserRow {
  readonly username: string;
  readonly role: Role;
  readonly passwordHash: string;
  readonly createdAtMs: number;
}

/** Name of the account whose password is set first. */
export const FIRST_USERNAME = 'admin';

const COLUMNS = 'username, role, password_hash AS passwordHash, created_at_ms AS createdAtMs';

/** The table `users`. */
export class UserStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(username: string): UserRow | undefined {
    return this.#store.get(`SELECT ${COLUMNS} FROM users WHERE username = ?`, username);
  }

  list(): UserRow[] {
    return this.#store.all(`SELECT ${COLUMNS} FROM users ORDER BY username`);
  }

  hasAny(): boolean {
    return this.#store.get('SELECT 1 FROM users LIMIT 1') !== undefined;
  }

  isLastAdmin(username: string): boolean {
    const others = this.#store.get(`SELECT 1 FROM users WHERE role = 'admin' AND username <> ? LIMIT 1`, username);
    return others === undefined && this.get(username)?.role === 'admin';
  }

  /** False if the name is in use. */
  create({ username, role, passwordHash, createdAtMs }: UserRow): boolean {
    const { changes } = this.#store.run(
      'INSERT INTO users (username, role, password_hash, created_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      username,
      role,
      passwordHash,
      createdAtMs,
    );
    return changes === 1;
  }

  setRole(username: string, role: Role): void {
    this.#store.run('UPDATE users SET role = ? WHERE username = ?', role, username);
  }

  setPassword(username: string, passwordHash: string): void {
    this.#store.run('UPDATE users SET password_hash = ? WHERE username = ?', passwordHash, username);
  }

  /** Sessions and tokens go with the user. */
  remove(username: string): void {
    this.#store.run('DELETE FROM users WHERE username = ?', username);
  }
}
