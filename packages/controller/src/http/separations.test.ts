// Proves that the matrix of separations comes in with whole minutes and two pumps each, and what is wrong is named at its key.
import { describe, expect, it } from 'vitest';
import { startFixture } from './http-fixture.ts';

const item = (change: object) => ({ items: [{ pumps: ['alk', 'ca'], minutes: 10, ...change }] });

describe('the API of separations', () => {
  it.each([
    [item({ minutes: 0 }), 'items[0].minutes', 'must be a whole number from 1 to 1440, is 0'],
    [item({ minutes: 1441 }), 'items[0].minutes', 'must be a whole number from 1 to 1440, is 1441'],
    [item({ minutes: 2.5 }), 'items[0].minutes', 'must be a whole number from 1 to 1440, is 2.5'],
    [item({ minutes: '10' }), 'items[0].minutes', 'must be a whole number from 1 to 1440, is "10"'],
    [item({ seconds: 5 }), 'items[0].seconds', 'is not a known key'],
  ])('refuses %o', async (payload, path, message) => {
    const { call, logIn } = await startFixture();
    const answer = await call('PUT', '/api/separations', { session: await logIn(), payload });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'E402']);
    expect(answer.json().errors).toContainEqual({ path, message });
  });

  it.each([[['alk']], [['alk', 'ca', 'mg']], ['alk']])('refuses %o as a pair', async (pumps) => {
    const { call, logIn } = await startFixture();
    const answer = await call('PUT', '/api/separations', { session: await logIn(), payload: item({ pumps }) });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].path).toMatch(/^items\[0\]\.pumps/);
  });

  it('takes the bounds themselves', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    for (const minutes of [1, 1440]) {
      const answer = await call('PUT', '/api/separations', { session, payload: item({ minutes }) });
      expect(answer.statusCode).toBe(200);
    }
  });
});
