// Proves who may set the first password and log in, what a guesser learns, and when a session ends.
import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { codeOf, LOGIN, PASSWORD, startAccountsFixture as start } from './accounts-fixture.ts';

const DAY_MS = 86_400_000;

describe('the first password', () => {
  it('is set once, by whoever comes first, even if two come at the same time', async () => {
    const { auth, events } = await start();
    expect(auth.needsSetup()).toBe(true);
    const answers = await Promise.all([codeOf(auth.setUp(PASSWORD, 'a')), codeOf(auth.setUp('another one', 'b'))]);
    expect(answers).toEqual(['fine', 'E406']);
    expect(auth.needsSetup()).toBe(false);
    expect(await codeOf(auth.setUp('another one', 'a'))).toBe('E406');
    expect(await codeOf(auth.logIn(LOGIN))).toBe('fine');
    expect(events.filter(({ kind }) => kind === 'setup')).toHaveLength(1);
  });

  it('comes from the settings if there is none yet, and is left alone if there is', async () => {
    const first = await start({ adminPassword: PASSWORD });
    expect(first.auth.needsSetup()).toBe(false);
    const second = await start({ adminPassword: 'a newer setting', store: first.store });
    expect(await codeOf(second.auth.logIn(LOGIN))).toBe('fine');
    expect(await codeOf(second.auth.logIn({ ...LOGIN, password: 'a newer setting' }))).toBe('E401');
  });

  it('that breaks the rule in the settings stops the start with E306, without showing it', async () => {
    const thrown = await start({ adminPassword: 'hunter2' }).catch((error: unknown) => error);
    expect(isPeristaError(thrown, 'E306')).toBe(true);
    expect(String(thrown)).toContain('at least 8 characters');
    expect(String(thrown)).not.toContain('hunter2');
  });

  it('cannot be fished for: a failed race for it still counts as an attempt', async () => {
    const { auth } = await start();
    const answers = await Promise.all(Array.from({ length: 7 }, () => codeOf(auth.setUp(PASSWORD, 'a'))));
    expect(answers.filter((answer) => answer === 'fine')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'E408').length).toBeGreaterThan(0);
  });
});

describe('log-in', () => {
  it('answers an unknown user and a wrong password alike, after the same work', async () => {
    const { auth, hasher } = await start({ adminPassword: PASSWORD });
    const wrong = await auth.logIn({ ...LOGIN, password: 'x' }).catch((error: unknown) => error);
    const unknown = await auth.logIn({ ...LOGIN, username: 'nobody' }).catch((error: unknown) => error);
    expect(unknown).toEqual(wrong);
    expect(hasher.asked.verify).toEqual([`fake:${PASSWORD}`, expect.stringMatching(/^fake:[0-9a-f]{32}$/)]);
  });

  it('is limited to five a minute per user and address, with the wait in the error, also when all come at once', async () => {
    const { auth, clock, hasher } = await start({ adminPassword: PASSWORD });
    const attempt = (address = '10.0.0.1') => codeOf(auth.logIn({ ...LOGIN, password: 'guess', address }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt()));
    expect(answers.filter((code) => code === 'E401')).toHaveLength(5);
    expect(hasher.asked.verify).toHaveLength(5);
    const shut = await auth.logIn(LOGIN).catch((error: unknown) => error);
    expect(shut).toMatchObject({ code: 'E408', details: { retry_after_s: 60 } });
    expect(await codeOf(auth.logIn({ ...LOGIN, address: '10.0.0.2' }))).toBe('fine');
    await clock.advance(60_000);
    expect(await codeOf(auth.logIn(LOGIN))).toBe('fine');
  });

  it('is limited per address too, so that many names gain nothing', async () => {
    const { auth } = await start({ adminPassword: PASSWORD });
    const answers: unknown[] = [];
    for (let name = 0; name < 40; name++) answers.push(await codeOf(auth.logIn({ ...LOGIN, username: `user${name}` })));
    expect(answers.filter((code) => code === 'E401')).toHaveLength(30);
    expect(answers.at(-1)).toBe('E408');
  });

  it('that succeeds as often as it likes is never limited', async () => {
    const { auth } = await start({ adminPassword: PASSWORD });
    for (let round = 0; round < 60; round++) expect(await codeOf(auth.logIn(LOGIN))).toBe('fine');
  });

  it('leaves a trace of success, failure and log-out, but never a password typed as a name', async () => {
    const { auth, events } = await start({ adminPassword: PASSWORD });
    const { login } = await auth.logIn(LOGIN);
    await codeOf(auth.logIn({ ...LOGIN, password: 'wrong guess' }));
    await codeOf(auth.logIn({ ...LOGIN, username: 'my secret' }));
    auth.logOut(login, '10.0.0.1');
    expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['setup', 'admin'],
      ['login', 'admin'],
      ['login_failed', 'admin'],
      ['login_failed', null],
      ['logout', 'admin'],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/correct horse|wrong guess|my secret/);
  });
});

describe('a session', () => {
  it('has a token of 256 bits that the database does not hold', async () => {
    const { auth, store, loginOf } = await start({ adminPassword: PASSWORD });
    const { token } = await auth.logIn(LOGIN);
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(store.all('SELECT * FROM sessions'))).not.toContain(token);
    expect(loginOf(token)?.username).toBe('admin');
    expect(loginOf(`${token.slice(0, -1)}x`)).toBeNull();
  });

  it('survives a restart', async () => {
    const before = await start({ adminPassword: PASSWORD });
    const { token } = await before.auth.logIn(LOGIN);
    const after = await start({ store: before.store, seed: 2 });
    expect(after.loginOf(token)?.actor.role).toBe('admin');
  });

  it('is replaced by the next log-in and ended by log-out', async () => {
    const { auth, loginOf } = await start({ adminPassword: PASSWORD });
    const first = await auth.logIn(LOGIN);
    const second = await auth.logIn({ ...LOGIN, oldToken: first.token });
    expect(loginOf(first.token)).toBeNull();
    auth.logOut(second.login, '10.0.0.1');
    expect(loginOf(second.token)).toBeNull();
  });

  it('ends after 7 days without a request', async () => {
    const { auth, clock, loginOf } = await start({ adminPassword: PASSWORD });
    const { token, login } = await auth.logIn(LOGIN);
    expect(login.expiresAtMs).toBe(Date.parse('2026-03-08T00:00:00Z'));
    await clock.advance(7 * DAY_MS);
    expect(loginOf(token)).toBeNull();
  });

  it('lives on while it is used, but 30 days at most', async () => {
    const { auth, clock, loginOf } = await start({ adminPassword: PASSWORD });
    const { token } = await auth.logIn(LOGIN);
    for (let day = 1; day < 30; day++) {
      await clock.advance(DAY_MS);
      expect(loginOf(token), `day ${day}`).not.toBeNull();
    }
    expect(loginOf(token)?.expiresAtMs).toBe(Date.parse('2026-03-31T00:00:00Z'));
    await clock.advance(DAY_MS);
    expect(loginOf(token)).toBeNull();
  });

  it('costs a write at most once an hour', async () => {
    const { auth, clock, store, loginOf } = await start({ adminPassword: PASSWORD });
    const { token } = await auth.logIn(LOGIN);
    const seenMs = () => store.get<{ seen: number }>('SELECT last_seen_ms AS seen FROM sessions')?.seen;
    const openedMs = seenMs();
    await clock.advance(3_599_000);
    loginOf(token);
    expect(seenMs()).toBe(openedMs);
    await clock.advance(1_000);
    loginOf(token);
    expect(seenMs()).toBe(clock.wallMs());
  });

  it('is one of 50 at most, the oldest giving way, and what is over is swept out', async () => {
    const { auth, clock, store, loginOf } = await start({ adminPassword: PASSWORD });
    const count = () => store.get<{ n: number }>('SELECT count(*) AS n FROM sessions')?.n;
    const first = await auth.logIn(LOGIN);
    for (let round = 0; round < 50; round++) {
      await clock.advance(1);
      await auth.logIn(LOGIN);
    }
    expect(count()).toBe(50);
    expect(loginOf(first.token)).toBeNull();
    await clock.advance(8 * DAY_MS);
    await auth.logIn(LOGIN);
    expect(count()).toBe(1);
  });
});
