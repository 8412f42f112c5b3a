import type { Clock, Log, Random } from '@perista/core';
import type { EventBus } from '../events/event-bus.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { AuthService } from './auth-service.ts';
import type { Hasher } from './hasher.ts';
import { Logins } from './logins.ts';
import { PasswordCheck } from './password-check.ts';
import { SessionService } from './session-service.ts';
import { SessionStore } from './session-store.ts';
import { TokenService } from './token-service.ts';
import { TokenStore } from './token-store.ts';
import { UserService } from './user-service.ts';
import { UserStore } from './user-store.ts';

export interface AccountPorts {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: Pick<EventLog, 'append'>;
  /** Becomes the first password if there is none yet; without effect afterwards. */
  readonly adminPassword?: string;
}

/** Who may come in, and how. */
export interface Accounts {
  readonly auth: AuthService;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly tokens: TokenService;
  readonly logins: Logins;
}

/** @throws E306 if `adminPassword` is needed and breaks the rule for passwords. */
export async function startAccounts(ports: AccountPorts): Promise<Accounts> {
  const users = new UserStore(ports.store);
  const sessions = new SessionStore(ports);
  const tokens = new TokenStore(ports);
  const logins = new Logins({ sessions, tokens, bus: ports.bus });
  const stores = { ...ports, users, sessions, tokens, logins };
  const auth = new AuthService({ ...stores, passwords: await PasswordCheck.start(stores) });
  if (ports.adminPassword !== undefined) await auth.setUpFromSettings(ports.adminPassword);
  return {
    auth,
    users: new UserService(stores),
    sessions: new SessionService(stores),
    tokens: new TokenService(stores),
    logins,
  };
}
