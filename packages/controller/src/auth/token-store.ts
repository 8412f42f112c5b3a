import { type Clock, type Log, type Random, randomHex } from '@perista/core';
import type { Role } from '@perista/protocol/api';
import { tolerant } from '../background.ts';
import type { Store } from '../store/store.ts';
import { tokenDigest } from './node-token-digest.ts';

/** How stale "last used" may get: each request would otherwise be a durable write. */
const USED_EVERY_MS = 60_000;
const SECRET_BYTES = 32;
const ID_BYTES = 8;
/** A prefix of our own lets people and scanners recognise a token that strayed. */
const SHAPE = /^perista_[0-9a-f]{64}$/;

export interface TokenRow {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  /** Who made it, and whose it is. */
  readonly username: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedMs: number | null;
}

const COLUMNS = `token_id AS tokenId, name, api_tokens.role, username, api_tokens.created_at_ms AS createdAtMs,
  expires_at_ms AS expiresAtMs, last_used_ms AS lastUsedMs`;

/** The table `api_tokens`. It holds digests only. A token goes with its user. */
export class TokenStore {
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

  /** Makes a token; its secret is told here and never again. Undefined if the name is in use. */
  create(
    input: Pick<TokenRow, 'name' | 'role' | 'username' | 'expiresAtMs'>,
  ): { token: string; row: TokenRow } | undefined {
    const token = `perista_${randomHex(this.#random, SECRET_BYTES)}`;
    const createdAtMs = this.#clock.wallMs();
    const row: TokenRow = { ...input, tokenId: randomHex(this.#random, ID_BYTES), createdAtMs, lastUsedMs: null };
    const { changes } = this.#store.run(
      'INSERT INTO api_tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (name) DO NOTHING',
      row.tokenId,
      tokenDigest(token),
      row.name,
      row.role,
      row.username,
      createdAtMs,
      row.expiresAtMs,
    );
    return changes === 1 ? { token, row } : undefined;
  }

  /** The token behind a secret, with its owner's role; undefined if there is none or it has expired. */
  use(secret: string): (TokenRow & { readonly ownerRole: Role }) | undefined {
    if (!SHAPE.test(secret)) return undefined;
    const nowMs = this.#clock.wallMs();
    const row = this.#store.get<TokenRow & { ownerRole: Role }>(
      `SELECT ${COLUMNS}, users.role AS ownerRole FROM api_tokens JOIN users USING (username)
       WHERE token_digest = ? AND coalesce(expires_at_ms > ?, 1)`,
      tokenDigest(secret),
      nowMs,
    );
    if (row === undefined || (row.lastUsedMs !== null && nowMs - row.lastUsedMs < USED_EVERY_MS)) return row;
    tolerant(this.#log, 'note that a token is in use', () => {
      this.#store.run('UPDATE api_tokens SET last_used_ms = ? WHERE token_id = ?', nowMs, row.tokenId);
    });
    return row;
  }

  get(tokenId: string): TokenRow | undefined {
    return this.#store.get(`SELECT ${COLUMNS} FROM api_tokens WHERE token_id = ?`, tokenId);
  }

  /** Newest first; of one user or of all. Those that have expired stand there until somebody revokes them. */
  list(username?: string): TokenRow[] {
    return this.#store.all(
      `SELECT ${COLUMNS} FROM api_tokens WHERE username = coalesce(?, username) ORDER BY created_at_ms DESC, token_id`,
      username ?? null,
    );
  }

  remove(tokenId: string): void {
    this.#store.run('DELETE FROM api_tokens WHERE token_id = ?', tokenId);
  }
}
