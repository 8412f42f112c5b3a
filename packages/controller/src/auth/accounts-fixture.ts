import { isPeristaError, seededRandom, silentLog, VirtualClock } from '@perista/core';
import type { Role } from '@perista/protocol/api';
import { EventBus } from '../events/event-bus.ts';
import type { NewLogEvent } from '../services.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { startAccounts } from './accounts.ts';
import { fakeHasher } from './fake-hasher.ts';
import type { Login } from './login.ts';

export const PASSWORD = 'correct horse';
export const LOGIN = { username: 'admin', password: PASSWORD, address: '10.0.0.1', userAgent: 'Firefox' };

interface Options {
  readonly adminPassword?: string;
  readonly store?: Store;
  readonly seed?: number;
}

/** The accounts as in the product, on a virtual clock; the hasher costs nothing, and events are only listened to. */
export async function startAccountsFixture({
  adminPassword,
  store = new NodeSqliteStore(':memory:'),
  seed = 1,
}: Options = {}) {
  const clock = new VirtualClock({ wallMs: Date.parse('2026-03-01T00:00:00Z') });
  migrate(store, MIGRATIONS, clock.wallMs());
  const hasher = fakeHasher();
  const events: NewLogEvent[] = [];
  const bus = new EventBus(silentLog);
  const accounts = await startAccounts({
    ...{ store, hasher, clock, random: seededRandom(seed), log: silentLog, bus },
    events: { append: (event) => events.push(event) },
    ...(adminPassword !== undefined && { adminPassword }),
  });
  const { auth, users, logins } = accounts;
  const ended: string[] = [];
  bus.subscribe(ended, 'login-ended', ({ loginId }) => ended.push(loginId));

  /** The log-in behind a session token; null if it is over. */
  const loginOf = (token: string) => logins.authenticate({ cookieHeader: `perista_session=${token}` });
  const logIn = (username = 'admin', password = PASSWORD) => auth.logIn({ ...LOGIN, username, password });

  /** Adds a user with this role; the session it logs in with. */
  const logInAs = async (role: Role, username: string, by: Login): Promise<{ token: string; login: Login }> => {
    await users.create({ username, role, password: PASSWORD }, by);
    return logIn(username);
  };

  return { ...accounts, bus, clock, ended, events, hasher, logIn, logInAs, loginOf, store };
}

/** Code of the error that `work` ends with. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work);
    return 'fine';
  } catch (thrown) {
    return isPeristaError(thrown) ? thrown.code : thrown;
  }
}
