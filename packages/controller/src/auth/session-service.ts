import { PeristaError } from '@perista/core';
import type { SessionEntry } from '@perista/protocol/api';
import { timestamp } from '../ledger/timestamp.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type Login, refuseToken } from './login.ts';
import type { Logins } from './logins.ts';
import { type SessionRow, type SessionStore, sessionExpiryMs } from './session-store.ts';

export interface SessionServicePorts {
  readonly store: Store;
  readonly sessions: SessionStore;
  readonly logins: Logins;
  readonly events: Pick<EventLog, 'append'>;
}

/** Who is logged in where. Everybody sees and ends their own sessions, an administrator all of them; a token ends none. */
export class SessionService {
  readonly #ports: SessionServicePorts;

  constructor(ports: SessionServicePorts) {
    this.#ports = ports;
  }

  list(by: Login): SessionEntry[] {
    return this.#visible(by).map((session) => ({
      id: session.sessionId,
      username: session.username,
      created_at: timestamp(session.createdAtMs),
      last_seen_at: timestamp(session.lastSeenMs),
      expires_at: timestamp(sessionExpiryMs(session)),
      address: session.address,
      user_agent: session.userAgent,
      current: session.sessionId === by.loginId,
    }));
  }

  /** @throws E403 if a token asks, E404 for a session that is over or not theirs to see. */
  revoke(sessionId: string, by: Login): void {
    const { store, sessions, logins, events } = this.#ports;
    refuseToken(by, 'ends sessions');
    const ended = store.transaction(() => {
      const session = this.#visible(by).find((each) => each.sessionId === sessionId);
      if (session === undefined) throw new PeristaError('E404', `There is no session ${sessionId}`);
      const data = { session_id: sessionId, username: session.username };
      events.append({ kind: 'session_revoked', severity: 'warning', actor: by.actor.name, data });
      return sessions.end(sessionId);
    });
    logins.tellEnded(ended);
  }

  #visible(by: Login): SessionRow[] {
    return this.#ports.sessions.living(by.actor.role === 'admin' ? undefined : by.username);
  }
}
