// Who comes in at the embedded broker, and as whom: without a name on this machine alone, with a name by its password, and nobody as a
// device that has a user. Who was removed goes.
import { seededRandom, silentLog, VirtualClock } from '@perista/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeHasher } from '../auth/fake-hasher.ts';
import { PasswordCheck } from '../auth/password-check.ts';
import { type MqttUserRow, MqttUserStore } from '../mqtt-users/mqtt-user-store.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { ClientDoor, KNOCK_RULES } from './client-door.ts';
import type { MqttPrincipal } from './topic-rights.ts';
import { UserBook } from './user-book.ts';
import { watchUsers } from './user-watch.ts';

const PASSWORD = 'a-password-of-the-phone';
let clock: VirtualClock;
let store: Store;
let table: MqttUserStore;
let users: UserBook;
let isThere: boolean;
let opened: number;
beforeEach(() => {
  clock = new VirtualClock();
  store = new NodeSqliteStore(':memory:');
  isThere = true;
  opened = 0;
  migrate(store, MIGRATIONS, clock.wallMs());
  table = new MqttUserStore(store);
  const open = (): Store => {
    if (!isThere) return new NodeSqliteStore('/nowhere/perista.sqlite', 'READ');
    opened++;
    return { ...borrowed(store), close: () => void opened-- };
  };
  users = new UserBook({ clock, open });
});

/** A store that somebody else closes. */
const borrowed = (owned: Store): Omit<Store, 'close'> => ({
  all: (sql, ...params) => owned.all(sql, ...params),
  get: (sql, ...params) => owned.get(sql, ...params),
  run: (sql, ...params) => owned.run(sql, ...params),
  transaction: (work) => owned.transaction(work),
});

const add = (username: string, more: Partial<MqttUserRow> = {}) =>
  table.create({ username, kind: 'doser', deviceId: null, passwordHash: `fake:${PASSWORD}`, createdAtMs: 1, ...more });

async function door(letsAnonymousIn = true): Promise<ClientDoor> {
  const ports = { users, hasher: fakeHasher(), clock, random: seededRandom(1), rules: KNOCK_RULES };
  const passwords = await PasswordCheck.start(ports);
  return new ClientDoor({
    letsAnonymousIn,
    passwords,
    boundDevices: () => users.boundDevices(),
  });
}

const knock = (more: { clientId?: string; username?: string; password?: string } = {}) => ({
  ...{ clientId: 'x', username: undefined, password: undefined, address: '10.0.0.1' },
  ...more,
});

describe('without a name', () => {
  it.each([
    ['PUMP_0001', 'PUMP_0001'],
    ['paho/12', null],
    ['', null],
    ['constructor', null],
  ])('%j comes in as device %j', async (clientId, deviceId) => {
    const principal = { kind: 'anonymous', deviceId };
    expect(await (await door()).admit(knock({ clientId }))).toEqual({ kind: 'admitted', principal });
  });

  it('nobody comes in beyond this machine', async () => {
    expect(await (await door(false)).admit(knock())).toMatchObject({ kind: 'refused', because: 'login-needed' });
  });

  it('nobody speaks for a device that has a user', async () => {
    add('p1', { kind: 'device', deviceId: 'P1' });
    const principal = { kind: 'anonymous', deviceId: null };
    expect(await (await door()).admit(knock({ clientId: 'P1' }))).toEqual({ kind: 'admitted', principal });
  });

  it('nobody comes in while the users cannot be read', async () => {
    isThere = false;
    expect(await (await door()).admit(knock())).toMatchObject({ kind: 'refused', because: 'busy' });
    isThere = true;
    expect(await (await door()).admit(knock())).toMatchObject({ kind: 'admitted' });
  });
});

describe('with a name', () => {
  it('comes in by its password, as what it is', async () => {
    add('phone');
    add('p1', { kind: 'device', deviceId: 'P1' });
    const admit = async (username: string) => (await door(false)).admit(knock({ username, password: PASSWORD }));
    expect(await admit('phone')).toMatchObject({ principal: { kind: 'doser', name: 'phone' } });
    expect(await admit('p1')).toMatchObject({ principal: { kind: 'device', deviceId: 'P1' } });
  });

  it.each([
    ['a wrong password', { username: 'phone', password: 'another' }],
    ['no password', { username: 'phone' }],
    ['a name that nobody has', { username: 'nobody', password: PASSWORD }],
  ])('%s is refused, also on this machine', async (_, login) => {
    add('phone');
    expect(await (await door()).admit(knock(login))).toMatchObject({ kind: 'refused', because: 'wrong-login' });
  });

  it('who guesses has to wait', async () => {
    add('phone');
    const one = await door();
    const guess = () => one.admit(knock({ username: 'phone', password: 'a guess' }));
    for (let attempt = 0; attempt < KNOCK_RULES.account.attempts; attempt++) await guess();
    expect(await guess()).toMatchObject({ because: 'busy' });
    expect(await one.admit(knock({ username: 'phone', password: PASSWORD }))).toMatchObject({ because: 'busy' });
  });

  it('who was removed while the password was looked at is refused', async () => {
    add('phone');
    const admission = (await door()).admit(knock({ username: 'phone', password: PASSWORD }));
    table.remove('phone');
    expect(await admission).toMatchObject({ because: 'wrong-login' });
  });
});

it('sends away whoever was removed, came again as somebody else, or speaks for a device that has a user now', async () => {
  const guests: Record<string, MqttPrincipal> = {
    unit: { kind: 'controller' },
    stays: { kind: 'doser', name: 'stays', createdAtMs: 1 },
    removed: { kind: 'viewer', name: 'removed', createdAtMs: 1 },
    again: { kind: 'doser', name: 'again', createdAtMs: 1 },
    nobody: { kind: 'anonymous', deviceId: null },
    free: { kind: 'anonymous', deviceId: 'P2' },
    bound: { kind: 'anonymous', deviceId: 'P1' },
  };
  for (const name of ['stays', 'removed', 'again']) add(name);
  let ended: string[] = [];
  const broker = {
    endThose(test: (principal: MqttPrincipal) => boolean) {
      ended = Object.keys(guests).filter((name) => test(guests[name] as MqttPrincipal));
    },
  };
  const watch = watchUsers({ clock, log: silentLog, users, broker });
  await clock.advance(1_000);
  expect(ended).toEqual([]);
  table.remove('removed');
  table.remove('again');
  add('again', { createdAtMs: 2 });
  add('p1', { kind: 'device', deviceId: 'P1' });
  await clock.advance(1_000);
  expect(ended).toEqual(['removed', 'again', 'bound']);
  watch.stop();
  // The controller shall be the last to close the database.
  expect(opened).toBe(0);
});
