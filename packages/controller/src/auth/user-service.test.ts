// Proves what an administrator can do to users, that one is always left, and that nobody stays logged in with old rights.
import { describe, expect, it } from 'vitest';
import { codeOf, LOGIN, PASSWORD, startAccountsFixture } from './accounts-fixture.ts';

async function start() {
  const fixture = await startAccountsFixture({ adminPassword: PASSWORD });
  const admin = (await fixture.logIn()).login;
  fixture.events.length = 0;
  return { ...fixture, admin };
}

describe('users', () => {
  it('are added once and listed with when they were last there', async () => {
    const { users, admin, logIn, clock, events } = await start();
    await clock.advance(60_000);
    const created = await users.create({ username: 'ola', role: 'operator', password: PASSWORD }, admin);
    expect(created).toEqual({
      username: 'ola',
      role: 'operator',
      created_at: '2026-03-01T00:01:00.000Z',
      last_seen_at: null,
    });
    expect(await codeOf(users.create({ username: 'ola', role: 'admin', password: 'another one' }, admin))).toBe('E406');
    await logIn('ola');
    expect(users.list().map(({ username, role, last_seen_at }) => [username, role, last_seen_at])).toEqual([
      ['admin', 'admin', '2026-03-01T00:00:00.000Z'],
      ['ola', 'operator', '2026-03-01T00:01:00.000Z'],
    ]);
    expect(events[0]).toEqual({ kind: 'user_created', actor: 'admin', data: { username: 'ola', role: 'operator' } });
  });

  it('lose their sessions with another role, whose before and after is written down, and keep them with the same', async () => {
    const { users, admin, logInAs, loginOf, events, ended } = await start();
    const { token, login } = await logInAs('operator', 'ola', admin);
    await users.change('ola', { role: 'operator' }, admin);
    await users.change('ola', {}, admin);
    expect([loginOf(token)?.actor.role, ended]).toEqual(['operator', []]);
    expect((await users.change('ola', { role: 'viewer' }, admin)).role).toBe('viewer');
    expect([loginOf(token), ended]).toEqual([null, [login.loginId]]);
    expect(events.slice(2)).toMatchObject([
      {
        kind: 'user_changed',
        actor: 'admin',
        data: { username: 'ola', before: { role: 'operator' }, after: { role: 'viewer' } },
      },
    ]);
  });

  it('lose their sessions with a new password, and the old one no longer opens', async () => {
    const { users, admin, logInAs, logIn, loginOf, ended } = await start();
    const { token, login } = await logInAs('operator', 'ola', admin);
    await users.change('ola', { password: 'a new one' }, admin);
    expect([loginOf(token), ended]).toEqual([null, [login.loginId]]);
    expect(await codeOf(logIn('ola'))).toBe('E401');
    expect(await codeOf(logIn('ola', 'a new one'))).toBe('fine');
  });

  it('go with all their sessions and tokens, and can come again as somebody new', async () => {
    const { users, tokens, admin, logInAs, logins, loginOf, events, ended } = await start();
    const { token, login } = await logInAs('operator', 'ola', admin);
    const secret = tokens.create({ name: 'nas', role: 'viewer' }, login);
    users.remove('ola', admin);
    expect([loginOf(token), logins.authenticate({ bearer: secret.token })]).toEqual([null, null]);
    expect(ended).toEqual([login.loginId, secret.id]);
    expect(events.slice(-2)).toMatchObject([
      { kind: 'token_revoked', actor: 'admin', data: { token_id: secret.id, name: 'nas', username: 'ola' } },
      {
        kind: 'user_removed',
        actor: 'admin',
        data: { username: 'ola', role: 'operator', sessions_ended: 1, tokens_revoked: 1 },
      },
    ]);
    expect(await codeOf(() => users.remove('ola', admin))).toBe('E404');
    expect(await codeOf(users.change('ola', { role: 'admin' }, admin))).toBe('E404');
    await users.create({ username: 'ola', role: 'viewer', password: PASSWORD }, admin);
    expect(logins.authenticate({ bearer: secret.token })).toBeNull();
  });

  it('that come again find no answer that was given to their namesake', async () => {
    const { users, admin, logInAs, logIn, loginOf, clock } = await start();
    const { token, login } = await logInAs('operator', 'ola', admin);
    const again = await logIn('ola');
    expect(new Set([login, again.login, loginOf(token)].map((each) => each?.actor.keyScope)).size).toBe(1);
    users.remove('ola', admin);
    await clock.advance(1);
    const namesake = await logInAs('operator', 'ola', admin);
    expect(namesake.login.actor.name).toBe('ola');
    expect(namesake.login.actor.keyScope).not.toBe(login.actor.keyScope);
  });

  it('cannot remove themselves, by no token of theirs either, nor set their own password without the present one', async () => {
    const { users, tokens, logins, admin } = await start();
    await users.create({ username: 'second', role: 'admin', password: PASSWORD }, admin);
    const { token } = tokens.create({ name: 'script', role: 'admin' }, admin);
    const script = logins.authenticate({ bearer: token });
    if (script === null) throw new Error('the token is alive');
    for (const by of [admin, script]) {
      expect(await codeOf(() => users.remove('admin', by))).toBe('E406');
      expect(await codeOf(users.change('admin', { password: 'a new one' }, by))).toBe('E406');
    }
    expect(await codeOf(() => users.remove('second', script))).toBe('fine');
  });

  it('are never without an administrator, even if two demote each other at the same time', async () => {
    const { users, admin, logInAs } = await start();
    expect(await codeOf(users.change('admin', { role: 'operator' }, admin))).toBe('E406');
    const second = await logInAs('admin', 'second', admin);
    const both = await Promise.all([
      codeOf(users.change('second', { role: 'viewer' }, admin)),
      codeOf(users.change('admin', { role: 'viewer' }, second.login)),
    ]);
    expect(both).toEqual(['fine', 'E403']);
    await users.change('second', { role: 'admin' }, admin);
    expect(await codeOf(users.change('admin', { role: 'viewer' }, admin))).toBe('fine');
  });
});

describe('an administrator’s act', () => {
  it('counts only if whoever asked is an administrator still when it is done', async () => {
    const { users, admin, logInAs } = await start();
    const second = await logInAs('admin', 'second', admin);
    const late = users.create({ username: 'friend', role: 'admin', password: PASSWORD }, second.login);
    users.remove('second', admin);
    expect(await codeOf(late)).toBe('E403');
    expect(users.list().map(({ username }) => username)).toEqual(['admin']);
  });

  it('that resets a password closes what a thief may have opened: sessions and tokens', async () => {
    const { users, tokens, admin, logInAs, ended, events } = await start();
    const ola = await logInAs('operator', 'ola', admin);
    const token = tokens.create({ name: 'stolen', role: 'operator' }, ola.login);
    await users.change('ola', { password: 'a new one' }, admin);
    expect(ended).toEqual([ola.login.loginId, token.id]);
    expect(tokens.list(admin)).toEqual([]);
    expect(events.slice(-2)).toMatchObject([
      { kind: 'token_revoked', actor: 'admin', data: { token_id: token.id, name: 'stolen', username: 'ola' } },
      { kind: 'password_changed', actor: 'admin', data: { username: 'ola', tokens_revoked: 1 } },
    ]);
  });
});

describe('one’s own password', () => {
  it('ends every other session of the user and no other', async () => {
    const { auth, admin, logIn, logInAs, loginOf, ended, events } = await start();
    const ola = await logInAs('operator', 'ola', admin);
    const elsewhere = await logIn('ola');
    const other = await logIn();
    await auth.changePassword(ola.login, { current: PASSWORD, next: 'a new one' }, '10.0.0.1');
    expect([ola.token, elsewhere.token, other.token].map((token) => loginOf(token)?.username)).toEqual([
      'ola',
      undefined,
      'admin',
    ]);
    expect(ended).toEqual([elsewhere.login.loginId]);
    expect(await codeOf(logIn('ola', 'a new one'))).toBe('fine');
    expect(events.find(({ kind }) => kind === 'password_changed')).toMatchObject({
      actor: 'ola',
      data: { username: 'ola', sessions_ended: 1 },
    });
  });

  it('is not changed without the present one, which cannot be guessed here either', async () => {
    const { auth, admin, logIn, events } = await start();
    const change = (current: string) =>
      codeOf(auth.changePassword(admin, { current, next: 'a new one' }, LOGIN.address));
    const answers = await Promise.all(Array.from({ length: 7 }, () => change('a guess')));
    expect(answers.sort()).toEqual(['E401', 'E401', 'E401', 'E401', 'E401', 'E408', 'E408']);
    expect(events.filter(({ kind }) => kind === 'password_change_failed')).toHaveLength(5);
    expect(await codeOf(logIn('admin', PASSWORD))).toBe('E408');
  });

  it('that somebody changes while a log-in is being checked does not let the old one in', async () => {
    const { users, admin, logIn, logInAs } = await start();
    await logInAs('operator', 'ola', admin);
    const [late] = await Promise.all([codeOf(logIn('ola')), users.change('ola', { password: 'a new one' }, admin)]);
    const [gone] = await Promise.all([codeOf(logIn('ola', 'a new one')), users.remove('ola', admin)]);
    expect([late, gone]).toEqual(['E401', 'E401']);
  });
});
