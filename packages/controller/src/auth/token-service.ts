import { type Clock, PeristaError } from '@perista/core';
import type { ApiToken, CreatedApiToken, NewApiToken } from '@perista/protocol/api';
import { DAY_MS } from '../ledger/durations.ts';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type Login, refuseToken } from './login.ts';
import type { Logins } from './logins.ts';
import { mayAct } from './role.ts';
import type { TokenRow, TokenStore } from './token-store.ts';

export interface TokenServicePorts {
  readonly store: Store;
  readonly tokens: TokenStore;
  readonly logins: Logins;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
}

const MAX_TOKENS_PER_USER = 100;

/**
 * API tokens. Everybody sees, makes and revokes their own, an administrator sees and revokes all of them. A token does
 * neither: one that leaked and was revoked shall leave nothing behind.
 */
export class TokenService {
  readonly #ports: TokenServicePorts;

  constructor(ports: TokenServicePorts) {
    this.#ports = ports;
  }

  list(by: Login): ApiToken[] {
    return this.#visible(by).map(tokenView);
  }

  /**
   * Makes a token that may do no more than whoever makes it.
   * @throws E403 if it would or a token asks, E406 if the name is in use or there are too many
   */
  create({ name, role, expires_in_days }: NewApiToken, by: Login): CreatedApiToken {
    const { store, tokens, clock, events } = this.#ports;
    const { username, actor } = by;
    const expiresAtMs = expires_in_days === undefined ? null : clock.wallMs() + expires_in_days * DAY_MS;
    refuseToken(by, 'makes tokens');
    if (!mayAct(actor.role, role)) {
      throw new PeristaError('E403', `A token with the role ${role} is more than ${actor.name} may do (${actor.role})`);
    }
    return store.transaction(() => {
      if (tokens.list(username).length >= MAX_TOKENS_PER_USER) {
        throw new PeristaError('E406', `${username} has ${MAX_TOKENS_PER_USER} tokens, the most; revoke one first`);
      }
      const created = tokens.create({ name, role, username, expiresAtMs });
      if (created === undefined) {
        throw new PeristaError('E406', `There is already a token named "${name}"; revoke it or choose another name`);
      }
      const { token, row } = created;
      const data = { token_id: row.tokenId, name, role, username, expires_at: timestampOrNull(expiresAtMs) };
      events.append({ kind: 'token_created', severity: 'warning', actor: actor.name, data });
      return { ...tokenView(row), token };
    });
  }

  /** @throws E403 if a token asks, E404 for a token that is not there or not theirs to see. */
  revoke(tokenId: string, by: Login): void {
    const { store, tokens, logins, events } = this.#ports;
    refuseToken(by, 'revokes tokens');
    store.transaction(() => {
      const row = this.#visible(by).find((each) => each.tokenId === tokenId);
      if (row === undefined) throw new PeristaError('E404', `There is no token ${tokenId}`);
      tokens.remove(tokenId);
      const data = { token_id: tokenId, name: row.name, username: row.username };
      events.append({ kind: 'token_revoked', severity: 'warning', actor: by.actor.name, data });
    });
    logins.tellEnded([tokenId]);
  }

  #visible(by: Login): TokenRow[] {
    return this.#ports.tokens.list(by.actor.role === 'admin' ? undefined : by.username);
  }
}

const tokenView = (row: TokenRow): ApiToken => ({
  id: row.tokenId,
  name: row.name,
  role: row.role,
  created_by: row.username,
  created_at: timestamp(row.createdAtMs),
  expires_at: timestampOrNull(row.expiresAtMs),
  last_used_at: timestampOrNull(row.lastUsedMs),
});
