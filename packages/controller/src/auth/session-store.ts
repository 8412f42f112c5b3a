import { type Clock, type Log, type Random, randomHex } from '@perista/core';
import type { Role } from '@perista/protocol/api';
import { tolerant } from '../background.ts';
import { DAY_MS, HOUR_MS } from '../ledger/durations.ts';
import type { SqlValue, Store } from '../store/store.ts';
import { tokenDigest } from './node-token-digest.ts';
import type { UserRow } from './user-store.ts';

/** A session ends this long after log-in, used or not. */
const SESSION_LIFE_MS = 30 * DAY_MS;
/** A session ends after this long without a request. */
const SESSION_IDLE_MS = 7 * DAY_MS;
/** How stale "last seen" may get: each request would otherwise be a durable write. */
const SEEN_EVERY_MS = HOUR_MS;
const MAX_SESSIONS_PER_USER = 50;
const TOKEN_BYTES = 32;
const ID_BYTES = 8;
const LONGEST_USER_AGENT = 200;

/** Where a log-in comes from. */
export interface LoginOrigin {
  readonly address: string;
  readonly userAgent: string | null;
}

export interface SessionRow {
  readonly sessionId: string;
  readonly username: string;
  readonly role: Role;
  readonly userCreatedAtMs: number;
  readonly createdAtMs: number;
  readonly lastSeenMs: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

const LIVING = `
  SELECT session_id AS sessionId, username, role, users.created_at_ms AS userCreatedAtMs,
    sessions.created_at_ms AS createdAtMs, last_seen_ms AS lastSeenMs, address, user_agent AS userAgent
  FROM sessions JOIN users USING (username) WHERE sessions.created_at_ms > ? AND last_seen_ms > ?`;

/** The table `sessions`. It holds digests only: who reads the database cannot log in with it. */
export class SessionStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;

  constructor(ports: { store: Store; clock: Clock; random: Random; log: Log }) {
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.#log = ports.log;
  }

  /** Opens a session; the token is told here and never again. `ended` had to give way. */
  open(user: Pick<UserRow, 'username' | 'role' | 'createdAtMs'>, origin: LoginOrigin) {
    const token = randomHex(this.#random, TOKEN_BYTES);
    const nowMs = this.#clock.wallMs();
    const { username, role, createdAtMs: userCreatedAtMs } = user;
    const session: SessionRow = {
      sessionId: randomHex(this.#random, ID_BYTES),
      ...{ username, role, userCreatedAtMs, createdAtMs: nowMs, lastSeenMs: nowMs },
      address: origin.address,
      userAgent: origin.userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
    };
    const ended = this.#makeRoom(username);
    this.#store.run(
      'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)',
      session.sessionId,
      tokenDigest(token),
      username,
      nowMs,
      nowMs,
      session.address,
      session.userAgent,
    );
    return { token, session, ended };
  }

  /** The session behind a token, or undefined if there is none or it is over. Being asked keeps it alive. */
  find(token: string): SessionRow | undefined {
    const row = this.#store.get<SessionRow>(`${LIVING} AND token_digest = ?`, ...this.#horizon(), tokenDigest(token));
    const nowMs = Math.floor(this.#clock.wallMs());
    if (row === undefined || nowMs - row.lastSeenMs < SEEN_EVERY_MS) return row;
    // A disk that is full must not keep anybody from stopping a pump.
    tolerant(this.#log, 'note that a session is in use', () => {
      this.#store.run('UPDATE sessions SET last_seen_ms = ? WHERE session_id = ?', nowMs, row.sessionId);
    });
    return { ...row, lastSeenMs: nowMs };
  }

  /** What is alive, newest first; of one user or of all. */
  living(username?: string): SessionRow[] {
    return this.#store.all(
      `${LIVING} AND username = coalesce(?, username) ORDER BY sessions.created_at_ms DESC, session_id`,
      ...this.#horizon(),
      username ?? null,
    );
  }

  /** Ids of what was ended, so that it can be told. */
  end(sessionId: string): string[] {
    return this.#end('session_id = ?', sessionId);
  }

  endByToken(token: string): string[] {
    return this.#end('token_digest = ?', tokenDigest(token));
  }

  endAllOf(username: string, except: string | null = null): string[] {
    return this.#end('username = ? AND session_id IS NOT ?', username, except);
  }

  /** Removes what is over, and the user's oldest sessions past the limit. */
  #makeRoom(username: string): string[] {
    this.#end('created_at_ms <= ? OR last_seen_ms <= ?', ...this.#horizon());
    return this.#end(
      'session_id IN (SELECT session_id FROM sessions WHERE username = ? ORDER BY created_at_ms DESC LIMIT -1 OFFSET ?)',
      username,
      MAX_SESSIONS_PER_USER - 1,
    );
  }

  #end(which: string, ...params: SqlValue[]): string[] {
    return this.#store
      .all<{ id: string }>(`DELETE FROM sessions WHERE ${which} RETURNING session_id AS id`, ...params)
      .map(({ id }) => id);
  }

  /** Instants at or before which a session was opened, or used last, if it is over. */
  #horizon(): [number, number] {
    const nowMs = this.#clock.wallMs();
    return [nowMs - SESSION_LIFE_MS, nowMs - SESSION_IDLE_MS];
  }
}

export function sessionExpiryMs({ createdAtMs, lastSeenMs }: SessionRow): number {
  return Math.min(createdAtMs + SESSION_LIFE_MS, lastSeenMs + SESSION_IDLE_MS);
}
