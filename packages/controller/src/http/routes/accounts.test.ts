// Proves that a token opens whatever a cookie opens and never hides behind one, and how accounts are reached by HTTP.
import { describe, expect, it } from 'vitest';
import { ACCESS } from '../access.ts';
import { ADMIN_PASSWORD, startFixture } from '../http-fixture.ts';

/** What a token may not do, whatever its role. */
const FOR_PERSONS = new Set(['POST /api/tokens', 'DELETE /api/tokens/:id', 'DELETE /api/sessions/:id']);

describe('an API token', () => {
  it('is shown once, opens every route that needs a login, without an origin, and ends when it is revoked', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const payload = { name: 'nas', role: 'admin', expires_in_days: 30 };
    const created = await call('POST', '/api/tokens', { session, payload });
    expect(created.statusCode).toBe(201);
    const { token, ...shown } = created.json();
    expect((await call('GET', '/api/tokens', { session })).json()).toEqual({ items: [shown] });

    for (const key of Object.keys(ACCESS).filter((each) => ACCESS[each as keyof typeof ACCESS] !== 'anyone')) {
      const [method, url = ''] = key.split(' ');
      const path = url.replace(':id', 'ph-down').replace(':username', 'nobody');
      const { statusCode } = await call(method as 'GET', path, { token });
      const refusals = FOR_PERSONS.has(key) ? [401] : [401, 403];
      expect(refusals, `${key}: ${statusCode}`).not.toContain(statusCode);
    }
    expect((await call('GET', '/api/tokens', { session })).json().items[0].last_used_at).toBe(
      '2026-03-01T07:30:00.000Z',
    );
    expect((await call('DELETE', `/api/tokens/${shown.id}`, { session })).statusCode).toBe(204);
    const refused = await call('GET', '/api/pumps', { token });
    expect([refused.statusCode, refused.json().code]).toEqual([401, 'E401']);
    expect(refused.json().detail).toBe('The API token is unknown, was revoked or has expired');
    expect(refused.headers['www-authenticate']).toContain('Bearer');
  });

  it('that is wrong is 401, even beside a cookie that would do', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    for (const token of ['', 'nonsense', session, `perista_${'0'.repeat(64)}`]) {
      expect((await call('GET', '/api/pumps', { session, token })).statusCode, token).toBe(401);
    }
    const proxied = await call('GET', '/api/pumps', { session, headers: { authorization: 'Basic YTpi' } });
    expect(proxied.statusCode).toBe(200);
  });

  it('does what its role may and no more, under its own name and with keys of its own', async () => {
    const { call, makeToken, services } = await startFixture();
    const viewer = await makeToken('viewer');
    const refused = await call('POST', '/api/pumps/ph-down/stop', { token: viewer });
    expect([refused.json().code, refused.json().detail]).toEqual([
      'E403',
      'This needs the role operator; token:a-viewer is viewer',
    ]);
    const operator = await makeToken('operator');
    await call('POST', '/api/pumps/ph-down/stop', { token: operator });
    expect(services.calls[0]?.args[1]).toEqual({
      name: 'token:a-operator',
      role: 'operator',
      keyScope: expect.stringMatching(/^token:[0-9a-f]{16}$/),
    });
  });

  it('says who it is, and cannot be logged out', async () => {
    const { call, makeToken } = await startFixture();
    const token = await makeToken('viewer');
    const me = await call('GET', '/api/session', { token });
    expect(me.json()).toEqual({
      username: 'token:a-viewer',
      role: 'viewer',
      created_at: '2026-03-01T07:30:00.000Z',
      expires_at: null,
      key_scope: expect.stringMatching(/^token:[0-9a-f]{16}$/),
    });
    const out = await call('DELETE', '/api/session', { token });
    expect([out.statusCode, out.json().code]).toEqual([409, 'E406']);
  });

  it.each([
    [{ role: 'viewer' }, 'name'],
    [{ name: '', role: 'viewer' }, 'name'],
    [{ name: 'x'.repeat(81), role: 'viewer' }, 'name'],
    [{ name: ' x', role: 'viewer' }, 'name'],
    [{ name: 'x ', role: 'viewer' }, 'name'],
    [{ name: '\u00a0', role: 'viewer' }, 'name'],
    [{ name: 'x\ny', role: 'viewer' }, 'name'],
    [{ name: 'x\u202ey', role: 'viewer' }, 'name'],
    [{ name: 'x', role: 'root' }, 'role'],
    [{ name: 'x', role: 'viewer', expires_in_days: 0 }, 'expires_in_days'],
    [{ name: 'x', role: 'viewer', expires_in_days: 1.5 }, 'expires_in_days'],
    [{ name: 'x', role: 'viewer', expires_in_days: '30' }, 'expires_in_days'],
    [{ name: 'x', role: 'viewer', secret: 'mine' }, 'secret'],
  ])('is not made from %j', async (payload, path) => {
    const { call, logIn } = await startFixture();
    const answer = await call('POST', '/api/tokens', { session: await logIn(), payload });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
  });
});

describe('users', () => {
  it('are added, changed and removed', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const payload = { username: 'ola@lab.example', password: 'a good one', role: 'operator' };
    const added = await call('POST', '/api/users', { session, payload });
    expect([added.statusCode, added.json()]).toEqual([
      201,
      { username: 'ola@lab.example', role: 'operator', created_at: '2026-03-01T07:30:00.000Z', last_seen_at: null },
    ]);
    const url = `/api/users/${encodeURIComponent('ola@lab.example')}`;
    const ola = await logIn('ola@lab.example', 'a good one');
    const changed = await call('PATCH', url, { session, payload: { role: 'viewer' } });
    expect([changed.statusCode, changed.json().role]).toEqual([200, 'viewer']);
    expect((await call('GET', '/api/pumps', { session: ola })).statusCode).toBe(401);
    expect((await call('GET', '/api/users', { session })).json().items).toHaveLength(2);
    expect((await call('DELETE', url, { session })).statusCode).toBe(204);
    expect((await call('DELETE', url, { session })).json().code).toBe('E404');
  });

  it('are refused with every mistake, and no password is repeated (I22)', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const payload = { username: 'o la', password: 'hunter2', role: 'boss' };
    const answer = await call('POST', '/api/users', { session, payload });
    expect(
      answer
        .json()
        .errors.map(({ path }: { path: string }) => path)
        .sort(),
    ).toEqual(['password', 'role', 'username']);
    expect(answer.body).not.toContain('hunter2');
    for (const body of [{ password: 'hunter2' }, { password: 5 }, { pasword: 'hunter2' }, { role: null }]) {
      const patched = await call('PATCH', '/api/users/admin', { session, payload: body });
      expect([patched.statusCode, patched.body.includes('hunter2')]).toEqual([400, false]);
    }
    expect((await call('PATCH', '/api/users/o%20la', { session, payload: {} })).json().code).toBe('E404');
  });

  it.each(['agent', 'factory', 'unknown'])(
    'are not named %s, under which the controller itself acts',
    async (username) => {
      const { call, logIn } = await startFixture();
      const payload = { username, password: 'a good one', role: 'viewer' };
      const answer = await call('POST', '/api/users', { session: await logIn(), payload });
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, 'username']);
    },
  );

  it('are told in words why one cannot remove oneself or the last administrator’s rights', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const removed = await call('DELETE', '/api/users/admin', { session });
    expect(removed.json()).toMatchObject({ status: 409, code: 'E406', detail: 'You cannot remove yourself' });
    const demoted = await call('PATCH', '/api/users/admin', { session, payload: { role: 'viewer' } });
    expect(demoted.json()).toMatchObject({
      code: 'E406',
      detail: 'admin is the only administrator; make somebody else one first',
    });
  });
});

describe('one’s own password', () => {
  it('is changed with the present one, and only this session goes on', async () => {
    const { call, logIn } = await startFixture();
    const [here, there] = [await logIn(), await logIn()];
    const change = (current_password: string) =>
      call('POST', '/api/session/password', {
        session: here,
        payload: { current_password, new_password: 'a new one' },
      });
    const wrong = await change('not it at all');
    expect([wrong.statusCode, wrong.json().detail]).toEqual([401, 'The present password is wrong']);
    expect((await change(ADMIN_PASSWORD)).statusCode).toBe(204);
    const who = async (session: string) => (await call('GET', '/api/session', { session })).statusCode;
    expect([await who(here), await who(there)]).toEqual([200, 401]);
    const short = { current_password: 'a new one', new_password: 'hunter2' };
    const refused = await call('POST', '/api/session/password', { session: here, payload: short });
    expect([refused.statusCode, refused.json().errors[0].path]).toEqual([400, 'new_password']);
    expect(refused.body).not.toContain('hunter2');
  });
});

describe('sessions', () => {
  it('are listed with where they are from, and ended, one’s own with its cookie', async () => {
    const { call, logIn } = await startFixture();
    const [here, there] = [await logIn(), await logIn()];
    const { items } = (await call('GET', '/api/sessions', { session: here })).json();
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ username: 'admin', address: '127.0.0.1', user_agent: 'lightMyRequest' });
    const idOf = (current: boolean) => items.find((item: { current: boolean }) => item.current === current).id;
    const ended = await call('DELETE', `/api/sessions/${idOf(false)}`, { session: here });
    expect([ended.statusCode, ended.headers['set-cookie']]).toEqual([204, undefined]);
    expect((await call('GET', '/api/session', { session: there })).statusCode).toBe(401);
    const own = await call('DELETE', `/api/sessions/${idOf(true)}`, { session: here });
    expect(own.headers['set-cookie']).toContain('perista_session=; Max-Age=0');
    expect((await call('GET', '/api/session', { session: here })).statusCode).toBe(401);
  });
});
