import { type Clock, PeristaError } from '@perista/core';
import type { NewUser, Role, User, UserPatch } from '@perista/protocol/api';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import type { Actor, EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { Hasher } from './hasher.ts';
import type { Login } from './login.ts';
import type { Logins } from './logins.ts';
import type { SessionStore } from './session-store.ts';
import type { TokenStore } from './token-store.ts';
import type { UserRow, UserStore } from './user-store.ts';

export interface UserServicePorts {
  readonly store: Store;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly logins: Logins;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
}

/** What an administrator does to users. There is always one administrator left. */
export class UserService {
  readonly #ports: UserServicePorts;

  constructor(ports: UserServicePorts) {
    this.#ports = ports;
  }

  list(): User[] {
    return this.#ports.users.list().map((user) => this.#view(user));
  }

  /** @throws E406 if the name is in use. */
  async create({ username, role, password }: NewUser, by: Login): Promise<User> {
    const { store, users, hasher, clock, events } = this.#ports;
    const user = { username, role, passwordHash: await hasher.hash(password), createdAtMs: clock.wallMs() };
    store.transaction(() => {
      this.#assertStillAdmin(by);
      if (!users.create(user)) throw new PeristaError('E406', `There is already a user ${username}`);
      events.append({ kind: 'user_created', actor: by.actor.name, data: { username, role } });
    });
    return this.#view(user);
  }

  /**
   * Another role or a new password; either ends the user's sessions.
   * @throws E404 for an unknown user, E406 if it would leave nobody to administer, or for one's own password
   */
  async change(username: string, patch: UserPatch, by: Login): Promise<User> {
    const { store, hasher, logins } = this.#ports;
    this.#get(username);
    if (patch.password !== undefined && by.username === username) {
      throw new PeristaError('E406', 'Change your own password with POST /api/session/password');
    }
    const passwordHash = patch.password === undefined ? undefined : await hasher.hash(patch.password);
    const ended = store.transaction(() => {
      this.#assertStillAdmin(by);
      return [
        ...(patch.role === undefined ? [] : this.#setRole(this.#get(username), patch.role, by.actor)),
        ...(passwordHash === undefined ? [] : this.#setPassword(this.#get(username), passwordHash, by.actor)),
      ];
    });
    logins.tellEnded(ended);
    return this.#view(this.#get(username));
  }

  /** @throws E404 for an unknown user, E406 for oneself or the last administrator. */
  remove(username: string, by: Login): void {
    const { store, users, sessions, logins, events } = this.#ports;
    const ended = store.transaction(() => {
      const { role } = this.#get(username);
      if (by.username === username) throw new PeristaError('E406', 'You cannot remove yourself');
      this.#assertNotLastAdmin(username);
      const endedSessions = sessions.endAllOf(username);
      const endedTokens = this.#revokeTokens(username, by.actor);
      users.remove(username);
      const data = { username, role, sessions_ended: endedSessions.length, tokens_revoked: endedTokens.length };
      events.append({ kind: 'user_removed', severity: 'warning', actor: by.actor.name, data });
      return [...endedSessions, ...endedTokens];
    });
    logins.tellEnded(ended);
  }

  /** Tokens live on with what the new role leaves them; what they keep open is closed. */
  #setRole({ username, role }: UserRow, next: Role, actor: Actor): string[] {
    const { users, sessions, tokens, events } = this.#ports;
    if (next === role) return [];
    if (next !== 'admin') this.#assertNotLastAdmin(username);
    users.setRole(username, next);
    const data = { username, before: { role }, after: { role: next } };
    events.append({ kind: 'user_changed', severity: 'warning', actor: actor.name, data });
    return [...sessions.endAllOf(username), ...tokens.list(username).map(({ tokenId }) => tokenId)];
  }

  /** Somebody else sets a password after a loss or a theft: whatever the old one opened is closed, tokens too. */
  #setPassword({ username }: UserRow, passwordHash: string, actor: Actor): string[] {
    const { users, sessions, events } = this.#ports;
    users.setPassword(username, passwordHash);
    const endedSessions = sessions.endAllOf(username);
    const endedTokens = this.#revokeTokens(username, actor);
    const data = { username, sessions_ended: endedSessions.length, tokens_revoked: endedTokens.length };
    events.append({ kind: 'password_changed', severity: 'warning', actor: actor.name, data });
    return [...endedSessions, ...endedTokens];
  }

  #revokeTokens(username: string, actor: Actor): string[] {
    const { tokens, events } = this.#ports;
    return tokens.list(username).map(({ tokenId, name }) => {
      tokens.remove(tokenId);
      const data = { token_id: tokenId, name, username };
      events.append({ kind: 'token_revoked', severity: 'warning', actor: actor.name, data });
      return tokenId;
    });
  }

  /** A password took its time to hash; whoever asked may have been demoted or removed meanwhile. */
  #assertStillAdmin({ username, actor }: Login): void {
    if (this.#ports.users.get(username)?.role === 'admin') return;
    throw new PeristaError('E403', `${actor.name} is no administrator any more`);
  }

  #assertNotLastAdmin(username: string): void {
    if (!this.#ports.users.isLastAdmin(username)) return;
    throw new PeristaError('E406', `${username} is the only administrator; make somebody else one first`);
  }

  #get(username: string): UserRow {
    const user = this.#ports.users.get(username);
    if (user === undefined) throw new PeristaError('E404', `There is no user ${username}`);
    return user;
  }

  #view({ username, role, createdAtMs }: UserRow): User {
    const seenMs = this.#ports.sessions.living(username).map(({ lastSeenMs }) => lastSeenMs);
    return {
      username,
      role,
      created_at: timestamp(createdAtMs),
      last_seen_at: timestampOrNull(seenMs.length === 0 ? null : Math.max(...seenMs)),
    };
  }
}
