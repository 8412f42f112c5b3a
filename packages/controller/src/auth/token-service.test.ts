// Proves what an API token opens, for how long and with which rights, and that its secret is told once and kept nowhere.
import { doseIdFromKey } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { codeOf, PASSWORD, startAccountsFixture } from './accounts-fixture.ts';
import type { Login } from './login.ts';

const DAY_MS = 86_400_000;

async function start() {
  const fixture = await startAccountsFixture({ adminPassword: PASSWORD });
  const admin = (await fixture.logIn()).login;
  const ola = (await fixture.logInAs('operator', 'ola', admin)).login;
  const byToken = (token: string): Login | null => fixture.logins.authenticate({ bearer: token });
  const alive = (token: string): Login => {
    const login = byToken(token);
    if (login === null) throw new Error('the token is dead');
    return login;
  };
  return { ...fixture, admin, ola, byToken, alive };
}

describe('an API token', () => {
  it('has a secret of 256 bits behind a prefix that is told once; the database holds a digest', async () => {
    const { tokens, ola, store, events } = await start();
    const created = tokens.create({ name: 'nas', role: 'viewer', expires_in_days: 30 }, ola);
    const { token, ...rest } = created;
    expect(token).toMatch(/^perista_[0-9a-f]{64}$/);
    expect(rest).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'nas',
      role: 'viewer',
      created_by: 'ola',
      created_at: '2026-03-01T00:00:00.000Z',
      expires_at: '2026-03-31T00:00:00.000Z',
      last_used_at: null,
    });
    expect(tokens.list(ola)).toEqual([rest]);
    expect(JSON.stringify([store.all('SELECT * FROM api_tokens'), events])).not.toContain(
      token.slice('perista_'.length),
    );
    expect(events.at(-1)).toMatchObject({
      kind: 'token_created',
      actor: 'ola',
      data: { token_id: rest.id, name: 'nas' },
    });
  });

  it('acts under a name that no user can have, and its keys are its own, also after its name is given again', async () => {
    const { tokens, ola, alive } = await start();
    const scopes = ['first', 'second'].map(() => {
      const { token, id } = tokens.create({ name: 'a long name, with spaces and ąę', role: 'operator' }, ola);
      const { actor } = alive(token);
      tokens.revoke(id, ola);
      expect([actor.name, actor.role]).toEqual(['token:a long name, with spaces and ąę', 'operator']);
      return doseIdFromKey({ actor: actor.keyScope ?? actor.name, pumpId: 'ph-down', key: 'breakfast' });
    });
    expect(new Set(scopes).size).toBe(2);
    for (const scope of scopes) expect(scope).toMatch(/^key\.ph-down\.token_3a_[0-9a-f]{16}\.breakfast$/);
  });

  it('may do no more than who made it, then and later', async () => {
    const { tokens, users, admin, ola, alive, ended } = await start();
    expect(await codeOf(() => tokens.create({ name: 'root', role: 'admin' }, ola))).toBe('E403');
    const { token, id } = tokens.create({ name: 'nas', role: 'operator' }, ola);
    expect(alive(token).actor.role).toBe('operator');
    await users.change('ola', { role: 'viewer' }, admin);
    expect(alive(token).actor.role).toBe('viewer');
    expect(ended).toContain(id);
    await users.change('ola', { role: 'admin' }, admin);
    expect(alive(token).actor.role).toBe('operator');
  });

  it('is no way to more rights, and neither makes nor revokes tokens', async () => {
    const { tokens, ola, admin, alive } = await start();
    expect(await codeOf(() => tokens.create({ name: 'more', role: 'admin' }, ola))).toBe('E403');
    const made = tokens.create({ name: 'first', role: 'admin' }, admin);
    const first = alive(made.token);
    expect(await codeOf(() => tokens.create({ name: 'second', role: 'viewer' }, first))).toBe('E403');
    expect(await codeOf(() => tokens.revoke(made.id, first))).toBe('E403');
    expect(tokens.list(admin).map(({ name }) => name)).toEqual(['first']);
  });

  it('ends at its time, when it is revoked, and not with a log-out or a new password', async () => {
    const { auth, tokens, ola, clock, byToken, alive, events, ended } = await start();
    const short = tokens.create({ name: 'short', role: 'viewer', expires_in_days: 1 }, ola);
    const endless = tokens.create({ name: 'endless', role: 'viewer' }, ola);
    expect(alive(endless.token).expiresAtMs).toBe(Number.POSITIVE_INFINITY);
    await clock.advance(DAY_MS - 1);
    expect(alive(short.token).expiresAtMs).toBe(clock.wallMs() + 1);
    await clock.advance(1);
    expect(byToken(short.token)).toBeNull();
    expect(tokens.list(ola).map(({ name }) => name)).toContain('short');
    await auth.changePassword(ola, { current: PASSWORD, next: 'a new one' }, '10.0.0.1');
    expect(await codeOf(() => auth.logOut(alive(endless.token), '10.0.0.1'))).toBe('E406');
    auth.logOut(ola, '10.0.0.1');
    expect(byToken(endless.token)).not.toBeNull();
    tokens.revoke(endless.id, ola);
    expect([byToken(endless.token), ended.at(-1)]).toEqual([null, endless.id]);
    expect(events.at(-1)).toMatchObject({ kind: 'token_revoked', actor: 'ola', data: { token_id: endless.id } });
  });

  it('notes when it was used, at most once a minute', async () => {
    const { tokens, ola, clock, byToken } = await start();
    const { token } = tokens.create({ name: 'nas', role: 'viewer' }, ola);
    const used = () => tokens.list(ola)[0]?.last_used_at;
    byToken(token);
    expect(used()).toBe('2026-03-01T00:00:00.000Z');
    await clock.advance(59_999);
    byToken(token);
    expect(used()).toBe('2026-03-01T00:00:00.000Z');
    await clock.advance(1);
    byToken(token);
    expect(used()).toBe('2026-03-01T00:01:00.000Z');
  });

  it('is seen and revoked by its owner and by administrators, and by nobody else', async () => {
    const { tokens, admin, ola, logInAs } = await start();
    const own = tokens.create({ name: 'own', role: 'viewer' }, ola);
    const foreign = tokens.create({ name: 'foreign', role: 'admin' }, admin);
    const eve = (await logInAs('operator', 'eve', admin)).login;
    expect([ola, admin, eve].map((by) => tokens.list(by).length)).toEqual([1, 2, 0]);
    for (const { id } of [own, foreign]) expect(await codeOf(() => tokens.revoke(id, eve))).toBe('E404');
    tokens.revoke(own.id, admin);
    expect(tokens.list(ola)).toEqual([]);
  });

  it('has a name that only it has, and each user may have a hundred', async () => {
    const { tokens, admin, ola } = await start();
    tokens.create({ name: 'nas', role: 'viewer' }, ola);
    expect(await codeOf(() => tokens.create({ name: 'nas', role: 'viewer' }, admin))).toBe('E406');
    for (let count = 1; count < 100; count++) tokens.create({ name: `n${count}`, role: 'viewer' }, ola);
    expect(await codeOf(() => tokens.create({ name: 'one more', role: 'viewer' }, ola))).toBe('E406');
    expect(await codeOf(() => tokens.create({ name: 'one more', role: 'viewer' }, admin))).toBe('fine');
  });

  it('is nothing that looks almost like one', async () => {
    const { tokens, ola, byToken } = await start();
    const { token } = tokens.create({ name: 'nas', role: 'viewer' }, ola);
    const bare = token.slice('perista_'.length);
    for (const wrong of ['', bare, `${token}0`, token.toUpperCase(), `perista_${'0'.repeat(64)}`, ' '.repeat(99)]) {
      expect(byToken(wrong), wrong).toBeNull();
    }
  });
});
