// Proves that each route takes whom the access table says and nobody else, before anything of the request is used.
import type { Role } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { lesserRole, mayAct } from '../auth/role.ts';
import { ACCESS, type Access, accessOf } from './access.ts';
import { startFixture } from './http-fixture.ts';

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];
const ROUTES = Object.entries(ACCESS).map(([key, access]): [string, string, Access] => {
  const [method = '', url = ''] = key.split(' ');
  return [method, url.replace(':id', 'ph-down').replace(':username', 'nobody'), access];
});
const GUARDED = ROUTES.filter(([, , access]) => access !== 'anyone');

describe('access', () => {
  it('ranks the roles', () => {
    expect(ROLES.map((role) => ROLES.filter((needed) => mayAct(role, needed)))).toEqual([
      ['viewer'],
      ['viewer', 'operator'],
      ['viewer', 'operator', 'admin'],
    ]);
    expect(ROLES.map((role) => lesserRole(role, 'operator'))).toEqual(['viewer', 'operator', 'operator']);
  });

  it('is known for no route but those in the table and the docs', () => {
    expect(accessOf('HEAD', '/api/pumps')).toBe('viewer');
    expect(accessOf('GET', '/api/docs/static/*')).toBe('anyone');
    expect(accessOf('GET', '/api/docsecret')).toBeUndefined();
    expect(accessOf('POST', '/api/docs')).toBeUndefined();
    expect(accessOf('PUT', '/api/pumps')).toBeUndefined();
  });

  it('is asked for before the body is read: 401 and 403 come even for a broken one, and nothing is called', async () => {
    const { call, logInAs, services } = await startFixture();
    const broken = { payload: '{"volume_ml": ', headers: { 'content-type': 'application/json' } };
    for (const [method, url, access] of GUARDED) {
      const stranger = await call(method as 'GET', url, method === 'GET' ? {} : broken);
      expect([stranger.statusCode, stranger.json().code], `${method} ${url}`).toEqual([401, 'E401']);
      expect(stranger.headers['www-authenticate']).toBeDefined();
      for (const role of ROLES.filter((each) => access !== 'anyone' && !mayAct(each, access))) {
        const session = await logInAs(role);
        const answer = await call(method as 'GET', url, { session, ...(method === 'GET' ? {} : broken) });
        expect([answer.statusCode, answer.json().code], `${method} ${url} as ${role}`).toEqual([403, 'E403']);
      }
    }
    expect(services.calls).toEqual([]);
  });

  it('is granted to everybody who has the role or more', async () => {
    const { call, logInAs } = await startFixture();
    for (const [method, url, access] of GUARDED) {
      for (const role of ROLES.filter((each) => access !== 'anyone' && mayAct(each, access))) {
        const { statusCode } = await call(method as 'GET', url, { session: await logInAs(role) });
        expect([401, 403], `${method} ${url} as ${role}: ${statusCode}`).not.toContain(statusCode);
      }
    }
  });

  it('is refused to a foreign origin on every write, setup and log-in included, and nothing is called', async () => {
    const { call, logIn, services, log } = await startFixture({ adminPassword: null });
    const origin = 'https://evil.example';
    for (const [method, url] of ROUTES.filter(([each]) => each !== 'GET')) {
      const answer = await call(method as 'POST', url, { headers: { origin }, payload: { password: 'correct horse' } });
      expect([answer.statusCode, answer.json().code], `${method} ${url}`).toEqual([403, 'E405']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(services.calls).toEqual([]);
    expect(services.log).toEqual([]);
    expect(log.lines.join()).not.toContain('correct horse');
    await call('POST', '/api/setup', { payload: { password: 'correct horse' } });
    const session = await logIn();
    const withCookie = await call('POST', '/api/emergency-stop', { session, headers: { origin } });
    expect(withCookie.json().code).toBe('E405');
    expect(services.calls).toEqual([]);
  });

  it('is refused to a host name that is not ours, reads included', async () => {
    const { call } = await startFixture();
    const answer = await call('GET', '/api/health', { headers: { host: 'evil.example:8080' } });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'E405']);
  });
});
