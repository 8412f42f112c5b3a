// Proves that stops get through, whatever is wrong with the request around them.
import { describe, expect, it } from 'vitest';
import { actorNamed, rawJson, startFixture } from '../http-fixture.ts';

describe('a stop', () => {
  it('of a pump has its effect whatever else was sent', async () => {
    const { call, logInAs, services } = await startFixture();
    const session = await logInAs('operator');
    for (const options of [
      {},
      { payload: { reason: 'leak' } },
      rawJson(''),
      rawJson('{"reason": '),
      { payload: 'now!', headers: { 'content-type': 'text/plain' } },
      { payload: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ]) {
      const answer = await call('POST', '/api/pumps/ph-down/stop', { session, ...options });
      expect([answer.statusCode, answer.json()]).toEqual([200, { at_rest: ['ph-down'], unproven: [] }]);
    }
    expect(services.calls).toHaveLength(6);
    expect(services.calls[0]?.args).toEqual(['ph-down', actorNamed('the-operator', 'operator'), undefined]);
  });

  it('hands its key on', async () => {
    const { call, logIn, services } = await startFixture();
    await call('POST', '/api/pumps/ph-down/stop', { session: await logIn(), headers: { 'idempotency-key': 'k1' } });
    expect(services.calls[0]?.args[2]).toBe('k1');
  });
});

describe('the emergency stop', () => {
  it('latches without a body, with a reason, and again', async () => {
    const { call, logInAs, services } = await startFixture();
    const session = await logInAs('operator');
    const press = (options: object) => call('POST', '/api/emergency-stop', { session, ...options });
    expect((await press({})).json().latched).toBe(true);
    expect((await press({ payload: { reason: 'smoke' } })).json().latched).toBe(true);
    expect((await press(rawJson(''))).statusCode).toBe(200);
    expect(services.calls.map(({ args }) => args[1])).toEqual([undefined, 'smoke', undefined]);
    expect((await call('GET', '/api/emergency-stop', { session })).json().latched).toBe(true);
  });

  it('is released by DELETE, with what was checked or without', async () => {
    const { call, logInAs, services } = await startFixture();
    const session = await logInAs('operator');
    await call('DELETE', '/api/emergency-stop', { session, payload: { reason: 'hose replaced' } });
    const answer = await call('DELETE', '/api/emergency-stop', { session });
    expect(answer.json().latched).toBe(false);
    expect(services.calls.map(({ args }) => args[1])).toEqual(['hose replaced', 'no reason given']);
  });
});
