import { type Log, seededRandom, VirtualClock } from '@perista/core';
import type { Role } from '@perista/protocol/api';
import type { InjectOptions } from 'fastify';
import { startAccounts } from '../auth/accounts.ts';
import { fakeHasher } from '../auth/fake-hasher.ts';
import { EventBus } from '../events/event-bus.ts';
import { StoredEventLog } from '../events/event-log.ts';
import { fleetOf } from '../fleet/fleet.ts';
import { SqliteHistoryStore } from '../fleet/history/sqlite-history-store.ts';
import { UnitMetrics } from '../metrics/unit-metrics.ts';
import { FakeMqttBroker } from '../mqtt/fake-mqtt-broker.ts';
import { MqttDesk } from '../mqtt/mqtt-desk.ts';
import { MqttUserService } from '../mqtt-users/mqtt-user-service.ts';
import { notifications } from '../notifications/notifications.ts';
import { FakeHttpOut } from '../outgoing/fake-http-out.ts';
import { FakeMailOut } from '../outgoing/fake-mail-out.ts';
import type { Actor } from '../services.ts';
import { type FakeSettingsShelf, fakeSettingsShelf } from '../settings/fake-settings-shelf.ts';
import { SettingsService } from '../settings/settings-service.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import { fakeServices } from './fake-services.ts';
import { buildHttpServer, type HttpServerPorts } from './http-server.ts';

export const ADMIN_PASSWORD = 'correct horse';

/** When the fixture begins, and with it whoever logs in. */
const BEGUN_AT_MS = Date.parse('2026-03-01T07:30:00Z');

/** Somebody with a session, as the services are told. */
export const actorNamed = (name: string, role: Role): Actor => ({
  ...{ name, role },
  keyScope: `${name}-${BEGUN_AT_MS.toString(36)}`,
});

/** What a log was told, as text: tests look for what must not stand there. */
function listeningLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const whole = (_key: string, value: unknown) =>
    value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value;
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields, whole)}`);
  return { lines, debug: write, info: write, warn: write, error: write };
}

interface CallOptions extends InjectOptions {
  readonly session?: string;
  readonly token?: string;
}

type FixtureChange = Partial<HttpServerPorts> & { adminPassword?: string | null; shelf?: FakeSettingsShelf };

/** The real server, auth and store on a virtual clock; the controller's services are fakes. Admin's password is set. */
export async function startFixture(change: FixtureChange = {}) {
  const clock = new VirtualClock({ wallMs: BEGUN_AT_MS });
  const random = seededRandom(1);
  const store = new NodeSqliteStore(':memory:');
  migrate(store, MIGRATIONS, clock.wallMs());
  const services = fakeServices(clock);
  const hasher = fakeHasher();
  const log = listeningLog();
  const { adminPassword = ADMIN_PASSWORD, shelf = fakeSettingsShelf(), ...ports } = change;
  const bus = new EventBus(log);
  const accounts = await startAccounts({
    store,
    hasher,
    clock,
    random,
    log,
    bus,
    events: {
      append(event) {
        services.events.append(event);
        if (services.log[0] !== undefined) bus.publish('event', services.log[0]);
      },
    },
    ...(adminPassword !== null && { adminPassword }),
  });
  const metrics = new UnitMetrics({
    services,
    bus,
    doseTotals: () => services.doseTotals,
    isAgentPresent: () => true,
    isClockTrusted: () => true,
    eventLoopLag: { takeLongestS: () => 0.02 },
    version: '1.2.3',
  });
  metrics.start();
  const events = new StoredEventLog({ store, clock, bus, log });
  const outside = { http: new FakeHttpOut(), mail: new FakeMailOut() };
  const told = notifications({
    ...{ store, clock, random, log, bus, outside, doser: 'doser1' },
    events,
    sight: { containerState: () => null },
  });
  const settings = new SettingsService({ shelf, store, services });
  const broker = new FakeMqttBroker();
  const mqtt = new MqttDesk({
    ...{ clock, random, doserId: 'doser1', standing: () => null },
    nextBroker: () => (settings.next().mqttUrl === undefined ? null : broker),
  });
  const history = new SqliteHistoryStore(new NodeSqliteStore(':memory:'), clock.wallMs());
  const fleet = fleetOf({
    ...{ store, clock, log, bus, events, broker, history, historyDays: 90, doserId: 'doser1' },
    random: seededRandom(2),
  });
  const app = await buildHttpServer({
    fleet,
    services,
    accounts,
    metrics,
    notifications: told.service,
    settings,
    mqtt,
    mqttUsers: new MqttUserService({ store, hasher, clock, random, events: services.events, isEmbedded: true }),
    clock,
    random,
    log,
    version: '1.2.3',
    origin: { boundHost: '127.0.0.1' },
    ...ports,
  });

  /** A request as a script would send it, with the cookie of a session or with an API token if there is one. */
  const call = (method: InjectOptions['method'], url: string, options: CallOptions = {}) => {
    const { session, token, ...rest } = options;
    return app.inject({
      method: method ?? 'GET',
      url,
      ...rest,
      headers: {
        host: '127.0.0.1:8080',
        ...(session && { cookie: `perista_session=${session}` }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...rest.headers,
      },
    });
  };

  const logIn = async (username = 'admin', password = ADMIN_PASSWORD): Promise<string> => {
    const answer = await call('POST', '/api/session', { payload: { username, password } });
    const cookie = answer.cookies.find(({ name }) => name === 'perista_session');
    if (cookie === undefined) throw new Error(`no session: ${answer.body}`);
    return cookie.value;
  };

  /** A session of somebody with this role, who is put into the table by hand and may see all devices. */
  const logInAs = async (role: Role): Promise<string> => {
    store.run(
      'INSERT OR IGNORE INTO users (username, role, password_hash, created_at_ms) VALUES (?, ?, ?, ?)',
      `the-${role}`,
      role,
      await hasher.hash(ADMIN_PASSWORD),
      clock.wallMs(),
    );
    store.run('INSERT OR IGNORE INTO device_rights_to_all (username) VALUES (?)', `the-${role}`);
    return logIn(`the-${role}`);
  };

  /** Secret of a new API token, made by an administrator. */
  const makeToken = async (role: Role, name = `a-${role}`): Promise<string> => {
    const answer = await call('POST', '/api/tokens', { session: await logIn(), payload: { name, role } });
    return answer.json().token;
  };

  return {
    accounts,
    app,
    broker,
    bus,
    call,
    clock,
    fleet,
    hasher,
    log,
    logIn,
    logInAs,
    makeToken,
    metrics,
    services,
    store,
  };
}

/** A body exactly as written, for what JSON.stringify would tidy up. */
export function rawJson(payload: string): InjectOptions {
  return { payload, headers: { 'content-type': 'application/json' } };
}
