import { type Clock, type Random, randomHex } from '@perista/core';
import type { Role, Session } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';
import { tokenDigest } from './node-token-digest.ts';

const DAY_MS = 86_400_000;
/** A session ends this long after log-in, used or not. */
const SESSION_LIFE_MS = 30 * DAY_MS;
/** A session ends after this long without a request. */
const SESSION_IDLE_MS = 7 * DAY_MS;
/** How stale "last seen" may get: each request would otherwise be a durable write. */
const SEEN_EVERY_MS = 3_600_000;
const MAX_SESSIONS_PER_USER = 50;
const TOKEN_BYTES = 32;

interface Row {
  readonly username: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly lastSeenMs: number;
}

/** The table `sessions`. It holds digests only: who reads the database cannot log in with it. */
export class SessionStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(ports: { store: Store; clock: Clock; random: Random }) {
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#random = ports.random;
  }

  /** Opens a session in place of the one that `oldToken` had; the token is told here and never again. */
  open(user: { username: string; role: Role }, oldToken?: string): { token: string; session: Session } {
    const token = randomHex(this.#random, TOKEN_BYTES);
    const nowMs = this.#clock.wallMs();
    this.#store.transaction(() => {
      if (oldToken !== undefined) this.close(oldToken);
      this.#sweep(user.username, nowMs);
      this.#store.run(
        'INSERT INTO sessions (token_digest, username, created_at_ms, last_seen_ms) VALUES (?, ?, ?, ?)',
        tokenDigest(token),
        user.username,
        nowMs,
        nowMs,
      );
    });
    return { token, session: toSession({ ...user, createdAtMs: nowMs, lastSeenMs: nowMs }) };
  }

  /** The session behind a token, or undefined if there is none or it is over. Being asked keeps it alive. */
  find(token: string): Session | undefined {
    const digest = tokenDigest(token);
    const row = this.#store.get<Row>(
      `SELECT username, role, sessions.created_at_ms AS createdAtMs, last_seen_ms AS lastSeenMs
       FROM sessions JOIN users USING (username) WHERE token_digest = ?`,
      digest,
    );
    const nowMs = this.#clock.wallMs();
    if (row === undefined || nowMs >= expiryMs(row)) return undefined;
    if (nowMs - row.lastSeenMs < SEEN_EVERY_MS) return toSession(row);
    this.#store.run('UPDATE sessions SET last_seen_ms = ? WHERE token_digest = ?', nowMs, digest);
    return toSession({ ...row, lastSeenMs: nowMs });
  }

  close(token: string): void {
    this.#store.run('DELETE FROM sessions WHERE token_digest = ?', tokenDigest(token));
  }

  /** Removes what is over, and the user's oldest sessions past the limit. */
  #sweep(username: string, nowMs: number): void {
    this.#store.run(
      'DELETE FROM sessions WHERE created_at_ms <= ? OR last_seen_ms <= ?',
      nowMs - SESSION_LIFE_MS,
      nowMs - SESSION_IDLE_MS,
    );
    this.#store.run(
      `DELETE FROM sessions WHERE token_digest IN
         (SELECT token_digest FROM sessions WHERE username = ? ORDER BY created_at_ms DESC LIMIT -1 OFFSET ?)`,
      username,
      MAX_SESSIONS_PER_USER - 1,
    );
  }
}

function expiryMs(row: Row): number {
  return Math.min(row.createdAtMs + SESSION_LIFE_MS, row.lastSeenMs + SESSION_IDLE_MS);
}

function toSession(row: Row): Session {
  return {
    username: row.username,
    role: row.role,
    created_at: new Date(row.createdAtMs).toISOString(),
    expires_at: new Date(expiryMs(row)).toISOString(),
  };
}
