// Proves that administrators alone keep the ways on which notices leave, and that what is wrong is refused by name.
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

const WEBHOOK = { name: 'house', target: { kind: 'webhook', url: 'https://house.example.org/' } };
const EMAIL = {
  kind: 'email',
  host: 'mx.example.org',
  port: 587,
  security: 'starttls',
  from: 'reef@x.org',
  to: ['m@x.org'],
};

async function start() {
  const fixture = await startFixture();
  const session = await fixture.logIn();
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path = '', payload?: object) => {
    const answer = await fixture.call(method, `/api/notifications${path}`, { session, ...(payload && { payload }) });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  };
  return { ...fixture, ask };
}

describe('notification channels', () => {
  it('are made, changed, tested, looked at and removed', async () => {
    const { ask } = await start();
    const made = await ask('POST', '', { ...WEBHOOK, secret: 'shared' });
    expect(made).toMatchObject({ status: 201, body: { name: 'house', enabled: true, has_secret: true, waiting: 0 } });
    const path = `/${made.body.id}`;
    expect(await ask('PATCH', path, { enabled: false, filter: { severity: 'alarm' } })).toMatchObject({
      status: 200,
      body: { enabled: false, filter: { severity: 'alarm', subjects: null, pumps: null }, has_secret: true },
    });
    expect(await ask('POST', `${path}/test`)).toEqual({ status: 200, body: { delivered: true, failure: null } });
    expect(await ask('GET', `${path}/deliveries`)).toEqual({ status: 200, body: { items: [], next_cursor: null } });
    expect((await ask('GET')).body.items).toHaveLength(1);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET')).body.items).toEqual([]);
    for (const method of ['PATCH', 'DELETE'] as const) expect((await ask(method, path, {})).status).toBe(404);
    expect((await ask('POST', `${path}/test`)).status).toBe(404);
  });

  it.each([
    ['name', { ...WEBHOOK, name: '  ' }],
    ['target.url', { ...WEBHOOK, target: { kind: 'webhook', url: 'ftp://house' } }],
    ['target.kind', { ...WEBHOOK, target: { kind: 'pigeon', url: 'https://x.org' } }],
    ['target.topic', { ...WEBHOOK, target: { kind: 'ntfy', url: 'https://ntfy.sh', topic: 'a b' } }],
    ['target.port', { ...WEBHOOK, target: { ...EMAIL, port: 0 } }],
    ['target.to', { ...WEBHOOK, target: { ...EMAIL, to: [] } }],
    ['target.to[0]', { ...WEBHOOK, target: { ...EMAIL, to: ['m@x.org, evil@y.org'] } }],
    ['target.from', { ...WEBHOOK, target: { ...EMAIL, from: 'reef' } }],
    ['filter.subjects', { ...WEBHOOK, filter: { subjects: [] } }],
    ['filter.severity', { ...WEBHOOK, filter: { severity: 'loud' } }],
    ['colour', { ...WEBHOOK, colour: 'red' }],
  ])('that are wrong are refused, naming %s', async (field, payload) => {
    const { ask } = await start();
    const { status, body } = await ask('POST', '', payload);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(field);
    expect((await ask('GET')).body.items).toEqual([]);
  });

  it('are for administrators alone, for an address may be a secret', async () => {
    const { call, logInAs } = await start();
    for (const role of ['viewer', 'operator'] as const) {
      const session = await logInAs(role);
      expect((await call('GET', '/api/notifications', { session })).statusCode).toBe(403);
      expect((await call('POST', '/api/notifications', { session, payload: WEBHOOK })).statusCode).toBe(403);
    }
  });
});
