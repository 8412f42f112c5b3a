// Proves the way from the first password to the log-out as a browser lives it.
import { describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, actorNamed, startFixture } from '../http-fixture.ts';

const COOKIE = 'perista_session';

describe('setup', () => {
  it('sets the first password once and tells whether it is needed', async () => {
    const { call, logIn } = await startFixture({ adminPassword: null });
    const state = async () => (await call('GET', '/api/setup')).json();
    expect(await state()).toEqual({ needed: true });
    const first = await call('POST', '/api/setup', { payload: { password: ADMIN_PASSWORD } });
    expect([first.statusCode, first.json()]).toEqual([201, { needed: false }]);
    expect(await state()).toEqual({ needed: false });
    const second = await call('POST', '/api/setup', { payload: { password: 'another one' } });
    expect([second.statusCode, second.json().code]).toEqual([409, 'E406']);
    expect(await logIn()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses a short password without repeating it', async () => {
    const { call } = await startFixture({ adminPassword: null });
    const answer = await call('POST', '/api/setup', { payload: { password: 'hunter2' } });
    expect(answer.json()).toMatchObject({
      code: 'E402',
      errors: [{ path: 'password', message: 'must have at least 8 characters' }],
    });
    expect(answer.body).not.toContain('hunter2');
  });
});

describe('a session', () => {
  it('begins with a cookie that scripts cannot read and other sites cannot send', async () => {
    const { call } = await startFixture();
    const answer = await call('POST', '/api/session', { payload: { password: ADMIN_PASSWORD } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      username: 'admin',
      role: 'admin',
      created_at: '2026-03-01T07:30:00.000Z',
      expires_at: '2026-03-08T07:30:00.000Z',
      key_scope: actorNamed('admin', 'admin').keyScope,
    });
    const cookie = answer.headers['set-cookie'];
    expect(cookie).toMatch(/^perista_session=[0-9a-f]{64}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('has a Secure cookie behind https', async () => {
    const { call } = await startFixture({ origin: { boundHost: '127.0.0.1', publicUrl: 'https://doser.example' } });
    const answer = await call('POST', '/api/session', {
      payload: { password: ADMIN_PASSWORD },
      headers: { host: 'doser.example', origin: 'https://doser.example' },
    });
    expect(answer.headers['set-cookie']).toContain('; Secure');
  });

  it('tells who it is, is rotated by the next log-in and ends with log-out', async () => {
    const { call, logIn } = await startFixture();
    const first = await logIn();
    const whoAmI = async (session: string) => (await call('GET', '/api/session', { session })).statusCode;
    expect((await call('GET', '/api/session', { session: first })).json()).toMatchObject({
      username: 'admin',
      role: 'admin',
    });
    const again = await call('POST', '/api/session', { session: first, payload: { password: ADMIN_PASSWORD } });
    const second = again.cookies.find(({ name }) => name === COOKIE)?.value ?? '';
    expect([await whoAmI(first), await whoAmI(second)]).toEqual([401, 200]);
    const out = await call('DELETE', '/api/session', { session: second });
    expect([out.statusCode, out.body]).toEqual([204, '']);
    expect(out.headers['set-cookie']).toContain('perista_session=; Max-Age=0');
    expect(await whoAmI(second)).toBe(401);
  });

  it('is refused alike for an unknown user and a wrong password', async () => {
    const { call } = await startFixture();
    const wrong = await call('POST', '/api/session', { payload: { password: 'guess' } });
    const unknown = await call('POST', '/api/session', { payload: { username: 'nobody', password: 'guess' } });
    expect([wrong.statusCode, wrong.json().code]).toEqual([401, 'E401']);
    expect(unknown.json()).toEqual(wrong.json());
  });

  it('cannot be guessed: the sixth attempt in a minute is 429 and says how long to wait', async () => {
    const { call, clock } = await startFixture();
    const guess = () => call('POST', '/api/session', { payload: { password: 'guess' } });
    const answers = await Promise.all(Array.from({ length: 6 }, guess));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([401, 401, 401, 401, 401, 429]);
    const shut = await guess();
    expect([shut.json().code, shut.headers['retry-after']]).toEqual(['E408', '60']);
    await clock.advance(60_000);
    expect((await guess()).statusCode).toBe(401);
  });

  it('is not opened by a cookie that is none, or that stands twice', async () => {
    const { call, logIn } = await startFixture();
    const token = await logIn();
    for (const cookie of ['perista_session=', 'perista_session=x', `other=${token}`, 'perista_session', ';;=;']) {
      expect((await call('GET', '/api/pumps', { headers: { cookie } })).statusCode, cookie).toBe(401);
    }
  });
});
