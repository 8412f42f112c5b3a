// Proves that no password, cookie or token stands in log, events, metrics or addresses, whatever went wrong (I22).
import { describe, expect, it } from 'vitest';
import { rawJson, startFixture } from './http-fixture.ts';

const FIRST = 'first-password-Aa1';
const SECOND = 'second-password-Bb2';
const OLAS = 'olas-password-Cc3';
const TYPED_AS_NAME = 'typed-as-name-Dd4';
const GUESS = 'wrong-guess-Ee5';

/** Everything that people do with secrets, well and badly; the secrets that came up, and all that was answered. */
async function useSecrets() {
  const fixture = await startFixture({ adminPassword: null });
  const { call, services } = fixture;
  const answers: Awaited<ReturnType<typeof call>>[] = [];
  const send: typeof call = async (...request) => {
    const answer = await call(...request);
    answers.push(answer);
    return answer;
  };
  const logIn = async (username: string, password: string) => {
    const { cookies } = await send('POST', '/api/session', { payload: { username, password } });
    return cookies[0]?.value ?? '';
  };

  await send('POST', '/api/setup', { payload: { password: FIRST } });
  await send('POST', '/api/setup', { payload: { password: GUESS } });
  const session = await logIn('admin', FIRST);
  await logIn('admin', GUESS);
  await logIn(TYPED_AS_NAME, GUESS);
  await logIn(TYPED_AS_NAME.repeat(9), GUESS);

  const payload = { username: 'ola', password: OLAS, role: 'operator' };
  await send('POST', '/api/users', { session, payload });
  await send('POST', '/api/users', { session, payload });
  await send('POST', '/api/users', { session, payload: { ...payload, username: 'o la', pasword: GUESS } });
  const ola = await logIn('ola', OLAS);
  await send('PATCH', '/api/users/ola', { session, payload: { password: SECOND } });
  const change = (current_password: string, new_password: string) =>
    send('POST', '/api/session/password', { session, payload: { current_password, new_password } });
  await change(GUESS, SECOND);
  await change(FIRST, SECOND);

  const token: string = (await send('POST', '/api/tokens', { session, payload: { name: 'nas', role: 'admin' } })).json()
    .token;
  const wrongToken = `perista_${'7'.repeat(64)}`;
  await send('GET', '/api/pumps', { token });
  await send('GET', '/api/pumps', { token: wrongToken, session });
  await send('GET', `/api/pumps?token=${token}`, { session });
  await send('POST', '/api/tokens', { token, payload: { name: 'nas', role: 'admin', secret: GUESS } });
  await send('POST', '/api/session', rawJson(`{"password": "${GUESS}"`));
  await send('POST', '/api/session', { payload: FIRST, headers: { 'content-type': 'text/plain' } });
  await send('POST', '/api/session', { payload: { password: FIRST }, headers: { origin: 'https://evil.example' } });
  services.failure = new Error('inside');
  await send('GET', '/api/health', { session, token });
  services.failure = null;
  await send('GET', '/api/events/export.csv', { token });
  await send('DELETE', '/api/users/ola', { token });
  await send('DELETE', '/api/session', { session });
  const metrics = await send('GET', '/metrics', { token });

  const tokens = [session, ola, token, token.slice('perista_'.length), wrongToken];
  return { ...fixture, answers, metrics, token, secrets: [FIRST, SECOND, OLAS, TYPED_AS_NAME, GUESS, ...tokens] };
}

describe('secrets', () => {
  it('stand nowhere that outlives the request', async () => {
    const { answers, log, metrics, secrets, services } = await useSecrets();
    const statuses = new Set(answers.map(({ statusCode }) => statusCode));
    expect([200, 201, 204, 400, 401, 403, 409, 415, 500].filter((status) => !statuses.has(status))).toEqual([]);
    expect(services.log.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['setup', 'login', 'login_failed', 'user_created', 'password_changed', 'token_created']),
    );
    const kept = {
      log: log.lines.join('\n'),
      events: JSON.stringify(services.log),
      table: answers.find(({ headers }) => headers['content-type']?.toString().startsWith('text/csv'))?.body ?? '',
      metrics: metrics.body,
      addresses: answers.map(({ headers }) => String(headers.location)).join('\n'),
    };
    expect(kept.log).toContain('request failed unexpectedly');
    for (const [place, text] of Object.entries(kept)) {
      expect(text.length, place).toBeGreaterThan(100);
      for (const secret of secrets) expect(text, place).not.toContain(secret);
    }
  });

  it('are told to whoever is to have them and to nobody else: a token in its own answer, passwords never', async () => {
    const { answers, secrets, token } = await useSecrets();
    // What was typed as a name is shown to whoever typed it.
    for (const secret of secrets.filter((each) => each !== TYPED_AS_NAME)) {
      const telling = answers.filter(({ body }) => body.includes(secret));
      expect(telling.length, secret).toBe(token.includes(secret) ? 1 : 0);
    }
  });
});
