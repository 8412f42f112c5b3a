import { PeristaError } from '@perista/core';
import type { EventBus } from '../events/event-bus.ts';
import type { Login } from './login.ts';
import { type LoginProof, sessionTokenIn } from './login-proof.ts';
import { lesserRole } from './role.ts';
import { type SessionRow, type SessionStore, sessionExpiryMs } from './session-store.ts';
import type { TokenRow, TokenStore } from './token-store.ts';

/** The one place that turns a proof into who it is, and that tells when a log-in is over. */
export class Logins {
  readonly #sessions: SessionStore;
  readonly #tokens: TokenStore;
  readonly #bus: EventBus;

  constructor(ports: { sessions: SessionStore; tokens: TokenStore; bus: EventBus }) {
    this.#sessions = ports.sessions;
    this.#tokens = ports.tokens;
    this.#bus = ports.bus;
  }

  /** The living log-in behind a proof; null if there is none. Being asked keeps a session alive. */
  authenticate({ cookieHeader, bearer }: LoginProof): Login | null {
    if (bearer !== undefined) {
      const token = this.#tokens.use(bearer);
      return token === undefined ? null : tokenLogin(token);
    }
    const sessionToken = sessionTokenIn(cookieHeader);
    const session = sessionToken === undefined ? undefined : this.#sessions.find(sessionToken);
    return session === undefined ? null : sessionLogin(session);
  }

  /** Tells on the bus of log-ins that ended, or whose rights changed. Call it when the transaction is over. */
  tellEnded(loginIds: readonly string[]): void {
    for (const loginId of loginIds) this.#bus.publish('login-ended', { loginId });
  }
}

/** The living log-in behind a proof. @throws E401 if there is none */
export function loginBehind(logins: Pick<Logins, 'authenticate'>, proof: LoginProof): Login {
  const login = logins.authenticate(proof);
  if (login !== null) return login;
  const asSession = 'Log in first: POST /api/session';
  const asToken = 'The API token is unknown, was revoked or has expired';
  throw new PeristaError('E401', proof.bearer === undefined ? asSession : asToken);
}

export const sessionLogin = (session: SessionRow): Login => ({
  kind: 'session',
  loginId: session.sessionId,
  actor: { name: session.username, role: session.role, keyScope: userKeyScope(session) },
  username: session.username,
  createdAtMs: session.createdAtMs,
  expiresAtMs: sessionExpiryMs(session),
});

/** Somebody new under the name of somebody who was removed is another. The last dash parts name and instant, so no two users share a scope. */
const userKeyScope = ({ username, userCreatedAtMs }: SessionRow): string =>
  `${username}-${userCreatedAtMs.toString(36)}`;

/** No user name holds a colon, so that a token is never taken for a user. */
const tokenLogin = (token: TokenRow & { readonly ownerRole: SessionRow['role'] }): Login => ({
  kind: 'token',
  loginId: token.tokenId,
  actor: {
    name: `token:${token.name}`,
    // Whoever made it may have fewer rights by now.
    role: lesserRole(token.role, token.ownerRole),
    keyScope: `token:${token.tokenId}`,
  },
  username: token.username,
  createdAtMs: token.createdAtMs,
  expiresAtMs: token.expiresAtMs ?? Number.POSITIVE_INFINITY,
});
