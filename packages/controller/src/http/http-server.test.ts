// Proves that what is wrong with a request is told whole, as a problem, and that nothing moves and nothing secret is
// told (I22).
import { PeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, rawJson, startFixture } from './http-fixture.ts';

const ORDER = '/api/pumps/ph-down/doses';

describe('a request that is wrong', () => {
  it.each([
    ['{"volume_ml": "5"}', 'volume_ml', 'must be a number, is "5"'],
    ['{"volume_ml": [5]}', 'volume_ml', 'must be a number, is [5]'],
    ['{"volume_ml": null}', 'volume_ml', 'must be a number, is null'],
    ['{"volume_ml": true}', 'volume_ml', 'must be a number, is true'],
    ['{"volume_ml": -1}', 'volume_ml', 'must be greater than 0, is -1'],
    ['{"volume_ml": 0}', 'volume_ml', 'must be greater than 0, is 0'],
    ['{"volume_ml": -0}', 'volume_ml', 'must not be -0, is -0'],
    ['{"volume_ml": 1e999}', 'volume_ml', 'must be within ±9007199254740991, is 1e999'],
    ['{}', 'volume_ml', 'is missing; it must be a number'],
    ['{"volume_ml": 5, "volume_ml": 50}', 'volume_ml', 'stands twice, again at line 1, column 18'],
    ['{"volume_ml": 5, "volumeMl": 5}', 'volumeMl', 'is not a known key'],
    ['{"volume_ml": 5, "__proto__": {}}', '__proto__', 'is not a known key'],
    ['{"volume_ml": 5, "direction": "up"}', 'direction', 'must be "forward" or "reverse", is "up"'],
    ['{"volume_ml": 5, "duration_s": "30"}', 'duration_s', 'must be a number, is "30"'],
    ['[]', '', 'must be an object, is []'],
    ['5', '', 'must be an object, is 5'],
  ])('%s is told by key, rule and value, and moves nothing', async (payload, path, message) => {
    const { call, logIn, services } = await startFixture();
    const answer = await call('POST', ORDER, { session: await logIn(), ...rawJson(payload) });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      type: '/api/errors#E402',
      title: 'Request has wrong fields',
      status: 400,
      code: 'E402',
      errors: [{ path, message }],
    });
    expect(answer.json().detail).toContain(message);
    expect(services.calls).toEqual([]);
  });

  it('is told all its mistakes at once, nested ones by their path', async () => {
    const { call, logIn, services } = await startFixture();
    const payload = {
      id: 'a b',
      hardware: { kind: 'servo42c', line: 'main', address: 1, steps_per_rev: 300, invert: 'no', max_rpm: 2000 },
      limits: { single_ml: 5, duration_s: 0, hour_ml: 1, day_ml: '2', week_ml: 3, year_ml: 4 },
      max_rate_ml_min: 40,
    };
    const answer = await call('POST', '/api/pumps', { session: await logIn(), payload });
    const byPath = Object.fromEntries(
      answer.json().errors.map(({ path, message }: { path: string; message: string }) => [path, message]),
    );
    expect(byPath).toEqual({
      id: 'must be 1 to 64 of A–Z, a–z, 0–9, _ and -, is "a b"',
      'hardware.address': 'must be at least 224, is 1',
      'hardware.microstep': 'is missing; it must be a number',
      'hardware.steps_per_rev': 'must be 200 or 400, is 300',
      'hardware.invert': 'must be true or false, is "no"',
      'hardware.dialect': 'is missing; it must be "auto" or "v1.1.0" or "v1.1.2"',
      'hardware.max_rpm': 'must be at most 1000, is 2000',
      'limits.duration_s': 'must be greater than 0, is 0',
      'limits.day_ml': 'must be a number, is "2"',
      'limits.year_ml': 'is not a known key',
    });
    expect(services.calls).toEqual([]);
  });

  it.each([
    ['{"volume_ml": 5', 400, 'E400', 'line 1, column 16'],
    ['{"volume_ml": 5,\n "direction": forward}', 400, 'E400', 'line 2, column 15'],
    ['', 400, 'E400', 'the body is empty'],
    ['['.repeat(50), 400, 'E400', 'nested more than 32 levels'],
    [`{"volume_ml": ${'1'.repeat(70_000)}}`, 413, 'E410', '65,536 bytes'],
  ])('as JSON is told where (%#)', async (payload, status, code, words) => {
    const { call, logIn, services } = await startFixture();
    const answer = await call('POST', ORDER, { session: await logIn(), ...rawJson(payload) });
    expect(answer.json()).toMatchObject({ status, code });
    expect(answer.json().detail).toContain(words);
    expect(answer.statusCode).toBe(status);
    expect(services.calls).toEqual([]);
  });

  it('of another type is 415, whatever it claims', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
      'application/json; charset=utf-16',
      'nonsense',
    ]) {
      const answer = await call('POST', ORDER, {
        session,
        payload: '{"volume_ml":5}',
        headers: { 'content-type': type },
      });
      expect([answer.statusCode, answer.json().code], type).toEqual([415, 'E409']);
    }
    const fine = { 'content-type': 'application/json; charset="UTF-8"' };
    expect((await call('POST', ORDER, { session, payload: '{"volume_ml":5}', headers: fine })).statusCode).toBe(202);
    expect(services.calls).toHaveLength(1);
  });

  it.each([
    ['limit=0', 'limit', 'must be a whole number from 1 to 500, is 0'],
    ['limit=501', 'limit', 'must be a whole number from 1 to 500, is 501'],
    ['limit=1e2', 'limit', 'must be a whole number from 1 to 500, is "1e2"'],
    ['limit=0x10', 'limit', 'must be a whole number from 1 to 500, is "0x10"'],
    ['limit=', 'limit', 'must be a whole number from 1 to 500, is ""'],
    ['limit=1&limit=2', 'limit', 'must be a string, is ["1","2"]'],
    ['stat=done', 'stat', 'is not a known key'],
    ['state=failed', 'state', expect.stringContaining('must be "accepted" or "queued"')],
  ])('in its query (%s) is told alike', async (query, path, message) => {
    const { call, logIn } = await startFixture();
    const answer = await call('GET', `/api/doses?${query}`, { session: await logIn() });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'E402', errors: [{ path, message }] });
  });

  it('in its id is not found', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    for (const url of [
      '/api/pumps/a%20b',
      `/api/pumps/${'a'.repeat(65)}`,
      '/api/pumps/%2e%2e',
      '/api/pumps/%zz',
      '/api/pumps/nope',
    ]) {
      const answer = await call('GET', url, { session });
      expect([answer.statusCode, answer.json().code], url).toEqual([404, 'E404']);
    }
  });

  it('with a body where none is taken is told which key', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    const answer = await call('POST', '/api/doses/d1/cancel', { session, payload: { reason: 'x' } });
    expect(answer.json()).toMatchObject({ code: 'E402', errors: [{ path: 'reason', message: 'is not a known key' }] });
    expect(services.calls).toEqual([]);
  });
});

describe('an address', () => {
  it('that nothing stands at is 404, as a problem', async () => {
    const { call } = await startFixture();
    for (const url of ['/nope', '/api', '/api/', '/api/docs/nope', '/api/docs/static/../../../../package.json']) {
      const answer = await call('GET', url);
      expect([answer.statusCode, answer.json().code], url).toEqual([404, 'E404']);
    }
  });

  it('tells which methods it takes', async () => {
    const { call } = await startFixture();
    const put = await call('PUT', '/api/pumps', { payload: { a: 1 } });
    expect([put.statusCode, put.json().code, put.headers.allow]).toEqual([405, 'E411', 'GET, HEAD, OPTIONS, POST']);
    const options = await call('OPTIONS', '/api/pumps/ph-down');
    expect([options.statusCode, options.body, options.headers.allow]).toEqual([
      204,
      '',
      'DELETE, GET, HEAD, OPTIONS, PATCH',
    ]);
  });

  it('tells nothing of how it is used where nobody would read it', async () => {
    const { call } = await startFixture({ isDescribed: false });
    for (const [method, url] of [
      ['GET', '/api/openapi.json'],
      ['PUT', '/api/pumps'],
    ] as const) {
      expect((await call(method, url)).json().code).toBe('E404');
    }
    expect((await call('GET', '/api/health')).statusCode).toBe(200);
  });

  it('answers HEAD as GET, without the body', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    for (const url of ['/', '/api/health', '/api/pumps', '/api/doses/export.csv']) {
      const [get, head] = [await call('GET', url, { session }), await call('HEAD', url, { session })];
      expect([head.statusCode, head.body, head.headers['content-type']], url).toEqual([
        200,
        '',
        get.headers['content-type'],
      ]);
    }
  });
});

describe('every answer', () => {
  it('has a request id and headers that let a page load from here alone, and no CORS header', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const origin = 'http://127.0.0.1:8080';
    const seen = new Set<unknown>();
    for (const [method, url] of [
      ['GET', '/'],
      ['GET', '/api/docs/'],
      ['GET', '/api/pumps'],
      ['GET', '/api/nope'],
      ['OPTIONS', '/api/pumps'],
      ['POST', ORDER],
    ] as const) {
      const { headers } = await call(method, url, {
        session,
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x' },
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers['content-security-policy']).toContain("default-src 'self';");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|upgrade-insecure|https?:/);
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
      expect(headers['strict-transport-security']).toBeUndefined();
      seen.add(headers['x-request-id']);
    }
    expect(seen.size).toBe(6);
  });

  it('of the API is not to be stored', async () => {
    const { call, logIn } = await startFixture();
    const answer = await call('GET', '/api/pumps', { session: await logIn() });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('behind https says so for the future', async () => {
    const { call } = await startFixture({
      origin: { boundHost: '127.0.0.1', publicUrl: 'https://doser.example' },
    });
    const { headers } = await call('GET', '/', { headers: { host: 'doser.example' } });
    expect(headers['strict-transport-security']).toContain('max-age=');
  });
});

describe('an error inside', () => {
  it('that nobody foresaw is 500 without its insides, which the log has', async () => {
    const { call, services, log } = await startFixture();
    services.failure = new Error('secret path /var/lib/x');
    const answer = await call('GET', '/api/health');
    expect(answer.json()).toMatchObject({ status: 500, code: 'E412', title: 'Perista failed inside' });
    expect(answer.body).not.toContain('secret path');
    expect(answer.json().detail).toContain(answer.headers['x-request-id']);
    expect(log.lines.some((line) => line.startsWith('request failed unexpectedly'))).toBe(true);
  });

  it('of the catalogue has its own status and code', async () => {
    const { call, services } = await startFixture();
    services.failure = new PeristaError('E301');
    const answer = await call('GET', '/api/health');
    expect(answer.json()).toMatchObject({ status: 503, code: 'E301', detail: 'Database cannot be used' });
  });

  it('of an answer that breaks its own schema is ours, not the caller’s', async () => {
    const { call, logIn, services } = await startFixture();
    services.pumps.get = () => ({ id: 'ph-down' }) as never;
    const answer = await call('GET', '/api/pumps/ph-down', { session: await logIn() });
    expect(answer.json()).toMatchObject({ status: 500, code: 'E412' });
  });
});

describe('the access log', () => {
  it('has one line per request, and never a password, cookie, token or query', async () => {
    const { call, logIn, log } = await startFixture();
    const session = await logIn();
    await call('POST', '/api/session', { payload: { password: 'a wrong password' } });
    await call('POST', '/api/session', { payload: { password: 5, passwort: 'mistyped key' } });
    await call('GET', '/api/doses?cursor=private', { session, headers: { 'x-secret': 'abcdef' } });
    expect(log.lines.filter((line) => line.startsWith('request {'))).toHaveLength(4);
    expect(log.lines.at(-1)).toMatch(/"method":"GET","path":"\/api\/doses","status":200,.*"actor":"admin"/);
    for (const secret of [ADMIN_PASSWORD, 'a wrong password', 'mistyped key', session, 'abcdef', 'private']) {
      expect(log.lines.join('\n')).not.toContain(secret);
    }
  });
});
