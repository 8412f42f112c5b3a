// Proves who sees and ends which session, and that what it keeps open is told once the database knows.
import { describe, expect, it } from 'vitest';
import { codeOf, LOGIN, PASSWORD, startAccountsFixture } from './accounts-fixture.ts';

async function start() {
  const fixture = await startAccountsFixture({ adminPassword: PASSWORD });
  const admin = await fixture.logIn();
  const ola = await fixture.logInAs('operator', 'ola', admin.login);
  return { ...fixture, admin, ola };
}

describe('sessions', () => {
  it('are shown with where they were opened from, one’s own to everybody, all to an administrator', async () => {
    const { sessions, admin, ola } = await start();
    expect(sessions.list(ola.login)).toEqual([
      {
        id: ola.login.loginId,
        username: 'ola',
        created_at: '2026-03-01T00:00:00.000Z',
        last_seen_at: '2026-03-01T00:00:00.000Z',
        expires_at: '2026-03-08T00:00:00.000Z',
        address: '10.0.0.1',
        user_agent: 'Firefox',
        current: true,
      },
    ]);
    const all = sessions.list(admin.login);
    expect(all.map(({ username }) => username).sort()).toEqual(['admin', 'ola']);
    expect(all.filter(({ current }) => current).map(({ username }) => username)).toEqual(['admin']);
  });

  it('have an id that tells nothing of the token', async () => {
    const { store, ola } = await start();
    const stored = JSON.stringify(store.all('SELECT token_digest FROM sessions'));
    expect(ola.login.loginId).toMatch(/^[0-9a-f]{16}$/);
    expect([ola.token.includes(ola.login.loginId), stored.includes(ola.login.loginId)]).toEqual([false, false]);
  });

  it('keep no more of a user agent than fits', async () => {
    const { auth, sessions } = await start();
    const { login } = await auth.logIn({ ...LOGIN, userAgent: 'x'.repeat(9_000) });
    expect(sessions.list(login).find(({ current }) => current)?.user_agent).toHaveLength(200);
  });

  it('are ended by their user or an administrator and by nobody else', async () => {
    const { sessions, admin, ola, loginOf, logIn, ended, events } = await start();
    expect(await codeOf(() => sessions.revoke(admin.login.loginId, ola.login))).toBe('E404');
    const elsewhere = await logIn('ola');
    sessions.revoke(elsewhere.login.loginId, ola.login);
    sessions.revoke(ola.login.loginId, admin.login);
    expect([admin, ola, elsewhere].map(({ token }) => loginOf(token)?.username)).toEqual([
      'admin',
      undefined,
      undefined,
    ]);
    expect(ended).toEqual([elsewhere.login.loginId, ola.login.loginId]);
    expect(events.slice(-2)).toMatchObject([
      { kind: 'session_revoked', actor: 'ola', data: { session_id: elsewhere.login.loginId, username: 'ola' } },
      { kind: 'session_revoked', actor: 'admin', data: { session_id: ola.login.loginId, username: 'ola' } },
    ]);
    expect(await codeOf(() => sessions.revoke(ola.login.loginId, admin.login))).toBe('E404');
  });

  it('are ended by no token, not even an administrator’s', async () => {
    const { sessions, tokens, logins, admin, ola, ended } = await start();
    const script = logins.authenticate({ bearer: tokens.create({ name: 'script', role: 'admin' }, admin.login).token });
    if (script === null) throw new Error('the token is alive');
    expect(await codeOf(() => sessions.revoke(ola.login.loginId, script))).toBe('E403');
    expect(ended).toEqual([]);
  });

  it('that are logged out, replaced, or give way to a fifty-first are told', async () => {
    const { auth, clock, admin, ola, ended, logIn } = await start();
    auth.logOut(ola.login, '10.0.0.1');
    const next = await auth.logIn({ ...LOGIN, oldToken: admin.token });
    expect(ended).toEqual([ola.login.loginId, admin.login.loginId]);
    for (let round = 0; round < 50; round++) {
      await clock.advance(1);
      await logIn();
    }
    expect(ended.slice(2)).toEqual([next.login.loginId]);
  });

  it('are not told when the database could not end them, and a listener that throws disturbs nobody', async () => {
    const { auth, bus, ola, ended, store } = await start();
    bus.subscribe({}, 'login-ended', () => {
      throw new Error('listener broke');
    });
    const also: string[] = [];
    bus.subscribe(also, 'login-ended', ({ loginId }) => also.push(loginId));
    store.run(`CREATE TRIGGER no_disk BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'disk is full'); END`);
    expect(await codeOf(() => auth.logOut(ola.login, '10.0.0.1'))).toBe('E301');
    expect(ended).toEqual([]);
    store.run('DROP TRIGGER no_disk');
    auth.logOut(ola.login, '10.0.0.1');
    expect([ended, also]).toEqual([[ola.login.loginId], [ola.login.loginId]]);
  });

  it('go on while the disk is full: whoever was let in can still stop a pump', async () => {
    const { clock, store, ola, tokens, logins, loginOf } = await start();
    const { token } = tokens.create({ name: 'nas', role: 'viewer' }, ola.login);
    for (const table of ['sessions', 'api_tokens']) {
      store.run(`CREATE TRIGGER no_disk_for_${table} BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'full'); END`);
    }
    await clock.advance(2 * 3_600_000);
    expect([loginOf(ola.token)?.username, logins.authenticate({ bearer: token })?.username]).toEqual(['ola', 'ola']);
  });
});
