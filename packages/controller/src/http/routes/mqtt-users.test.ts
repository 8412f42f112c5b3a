// The users of the embedded broker are an administrator's business, and no answer but the first has a password.
import { expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

it('adds, lists and removes, for administrators alone', async () => {
  const { call, logIn, logInAs } = await startFixture();
  const session = await logIn();
  const payload = { name: 'pump-1', kind: 'device', device_id: 'PUMP_0001' };
  const created = await call('POST', '/api/mqtt-users', { session, payload });
  expect(created.statusCode).toBe(201);
  const { password, ...user } = created.json<{ password: string }>();
  expect(password).toHaveLength(32);
  const listed = await call('GET', '/api/mqtt-users', { session });
  expect(listed.json()).toEqual({ items: [user], embedded: true });
  expect(listed.body).not.toContain(password);

  const operator = await logInAs('operator');
  for (const [method, url] of [
    ['GET', '/api/mqtt-users'],
    ['POST', '/api/mqtt-users'],
    ['DELETE', '/api/mqtt-users/pump-1'],
  ] as const) {
    expect((await call(method, url, { session: operator, ...(method === 'POST' && { payload }) })).statusCode).toBe(
      403,
    );
  }
  expect((await call('DELETE', '/api/mqtt-users/pump-1', { session })).statusCode).toBe(204);
  expect((await call('DELETE', '/api/mqtt-users/pump-1', { session })).statusCode).toBe(404);
});

it.each([
  [{ name: 'a/b', kind: 'doser' }, 'name'],
  [{ name: 'a', kind: 'admin' }, 'kind'],
  [{ name: 'a', kind: 'device' }, 'device_id'],
  [{ name: 'a', kind: 'doser', device_id: 'P1' }, 'device_id'],
  [{ name: 'a', kind: 'device', device_id: 'a/b' }, 'device_id'],
  [{ name: 'a', kind: 'device', device_id: '__proto__' }, 'device_id'],
  [{ name: 'a', kind: 'doser', password: 'short' }, 'password'],
])('refuses %j and names %s', async (payload, field) => {
  const { call, logIn } = await startFixture();
  const answer = await call('POST', '/api/mqtt-users', { session: await logIn(), payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: { path: string }[] }>().errors.map(({ path }) => path)).toEqual([field]);
});
