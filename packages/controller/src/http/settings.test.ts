// Proves of the API of settings: who may read and write, that what is wrong is named at its key, and that no secret comes out.
import { describe, expect, it } from 'vitest';
import { fakeSettingsShelf } from '../settings/fake-settings-shelf.ts';
import { startFixture } from './http-fixture.ts';

const SECRET = 'of-the-broker-Xx9';

describe('GET /api/settings', () => {
  it('tells a viewer every setting with its place, and no secret', async () => {
    const environment = { mqttPassword: SECRET, remoteLogToken: SECRET, adminPassword: SECRET };
    const { call, logInAs } = await startFixture({ shelf: fakeSettingsShelf({ environment }) });
    const answer = await call('GET', '/api/settings', { session: await logInAs('viewer') });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain(SECRET);
    const { items } = answer.json();
    expect(items).toContainEqual(
      expect.objectContaining({
        key: 'mqtt.password',
        now: { value: null, is_set: true, source: 'environment' },
        fixed_by: 'PERISTA_MQTT_PASSWORD',
      }),
    );
    const level = items.find(({ key }: { key: string }) => key === 'log.level');
    expect(level).toMatchObject({ kind: 'choice', choices: expect.arrayContaining(['debug', 'warn']) });
  });
});

describe('PATCH /api/settings', () => {
  it('saves for an administrator alone', async () => {
    const shelf = fakeSettingsShelf();
    const { call, logIn, logInAs } = await startFixture({ shelf });
    const payload = { site: { timezone: 'Asia/Tokyo' } };
    const refused = await call('PATCH', '/api/settings', { session: await logInAs('operator'), payload });
    expect(refused.statusCode).toBe(403);
    const answer = await call('PATCH', '/api/settings', { session: await logIn(), payload });
    expect([answer.statusCode, answer.json().needs_restart]).toEqual([200, true]);
    expect(shelf.kept).toEqual([{ timezone: 'Asia/Tokyo' }]);
  });

  it('names every mistake at its key, and repeats no secret', async () => {
    const shelf = fakeSettingsShelf();
    const { call, logIn, log } = await startFixture({ shelf });
    const payload = {
      site: { timezone: 'Europe/Warszawa', doser_id: 'a/b' },
      mqtt: { url: 'mqtt://me@host', password: { inner: SECRET }, colour: 'blue' },
      remote_log: { url: 'http://log.example.org/', token: `${SECRET} with spaces` },
      log: { level: 'loud' },
      http: { port: 1 },
    };
    const answer = await call('PATCH', '/api/settings', { session: await logIn(), payload });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'E402']);
    const { errors } = answer.json();
    expect(errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      ...['http', 'log.level', 'mqtt.colour', 'mqtt.password', 'mqtt.url', 'remote_log.token', 'remote_log.url'],
      ...['site.doser_id', 'site.timezone'],
    ]);
    expect(errors).toContainEqual({
      path: 'site.timezone',
      message: 'must be an IANA time zone such as Europe/Warsaw, is "Europe/Warszawa"',
    });
    expect(answer.body + log.lines.join()).not.toContain(SECRET);
    expect(shelf.kept).toEqual([]);
  });

  it('says what does not fit together, and what is said elsewhere', async () => {
    const shelf = fakeSettingsShelf({ environment: { doserId: 'reef' } });
    const { call, logIn } = await startFixture({ shelf });
    const payload = { site: { doser_id: 'tank' }, remote_log: { url: 'https://log.example.org/' } };
    const answer = await call('PATCH', '/api/settings', { session: await logIn(), payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors.map(({ path }: { path: string }) => path)).toEqual([
      'site.doser_id',
      'remote_log.token',
    ]);
  });
});

describe('POST /api/restart', () => {
  it('restarts for an administrator', async () => {
    const shelf = fakeSettingsShelf();
    const { call, logIn, logInAs } = await startFixture({ shelf });
    const refused = await call('POST', '/api/restart', { session: await logInAs('operator') });
    expect([refused.statusCode, shelf.restarts]).toEqual([403, 0]);
    const answer = await call('POST', '/api/restart', { session: await logIn() });
    expect([answer.statusCode, shelf.restarts]).toEqual([202, 1]);
  });
});

describe('the API of MQTT', () => {
  it('tells a viewer that there is no broker, and which topics there would be', async () => {
    const { call, logInAs } = await startFixture();
    const answer = await call('GET', '/api/mqtt', { session: await logInAs('viewer') });
    expect(answer.json()).toMatchObject({ state: 'off', broker: null, since: null, recent: [] });
    expect(answer.json().topics).toContainEqual({
      ...{ name: 'dose', direction: 'in', topic: 'doser1/cmd/{pump}/dose', alias: 'cmnd/doser1/{pump}/dose' },
    });
  });

  it('tests what is saved, before it applies, and says so where there is nothing to test', async () => {
    const { broker, call, logIn } = await startFixture();
    const session = await logIn();
    expect((await call('POST', '/api/mqtt/test', { session })).json().code).toBe('E406');
    await call('PATCH', '/api/settings', { session, payload: { mqtt: { url: 'mqtt://broker.test:1883' } } });
    expect((await call('POST', '/api/mqtt/test', { session })).json()).toMatchObject({ passed: true, step: null });
    broker.isWary = true;
    const failed = await call('POST', '/api/mqtt/test', { session });
    expect(failed.json()).toMatchObject({ passed: false, step: 'connect', cause: 'login', broker: broker.address });
  });
});
