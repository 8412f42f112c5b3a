// Proves what a button sends and gets back, and who may hold it.
import { PeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { doseRow } from '../fake-rows.ts';
import { actorNamed, startFixture } from '../http-fixture.ts';

const PRIME = '/api/pumps/ph-down/prime';

describe('pressing', () => {
  it('is 202 with the hold, and where to find the dose', async () => {
    const { call, logInAs, services } = await startFixture();
    const answer = await call('POST', PRIME, {
      session: await logInAs('operator'),
      payload: { direction: 'reverse', max_s: 30 },
      headers: { 'idempotency-key': 'press-1' },
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.headers.location).toBe('/api/doses/key.ph-down.admin.press-1');
    expect(answer.json()).toMatchObject({ state: 'accepted', hold_ms: 1000, max_s: 30, rate_ml_min: 20 });
    const actor = actorNamed('the-operator', 'operator');
    const request = { direction: 'reverse', max_s: 30 };
    expect(services.calls).toEqual([{ name: 'prime', args: [{ pumpId: 'ph-down', request, actor, key: 'press-1' }] }]);
  });

  it('that a rule refuses is 422, and names the time as what to change', async () => {
    const { call, logIn, services } = await startFixture();
    const refusal = { kind: 'refused', code: 'E424', sentence: 'Too much.', limit: 200, unit: 'ml' } as const;
    services.primeOutcome = { kind: 'refused', doseId: 'd7', refusal: { ...refusal, reason: 'hour-cap' } };
    const answer = await call('POST', PRIME, { session: await logIn(), payload: { max_s: 30 } });
    expect(answer.json()).toMatchObject({
      status: 422,
      reason: 'hour-cap',
      errors: [{ path: 'max_s', message: 'Too much.' }],
      dose_id: 'd7',
    });
  });

  it('under a key that had another body is 409', async () => {
    const { call, logIn, services } = await startFixture();
    services.primeOutcome = { kind: 'key-reused', doseId: 'd7' };
    const answer = await call('POST', PRIME, { session: await logIn(), payload: { max_s: 30 } });
    expect(answer.json()).toMatchObject({ status: 409, code: 'E407', dose_id: 'd7' });
  });

  it.each([
    [{}, 'max_s'],
    [{ max_s: 121 }, 'max_s'],
    [{ max_s: 0 }, 'max_s'],
    [{ max_s: '5' }, 'max_s'],
    [{ max_s: 5, volume_ml: 1 }, 'volume_ml'],
  ])('with %j is refused by its key, and nothing is asked', async (payload, path) => {
    const { call, logIn, services } = await startFixture();
    const answer = await call('POST', PRIME, { session: await logIn(), payload });
    expect(answer.json()).toMatchObject({ status: 400, code: 'E402', errors: [{ path }] });
    expect(services.calls).toEqual([]);
  });
});

describe('holding', () => {
  it('is answered with the dose', async () => {
    const { call, logIn, services } = await startFixture();
    services.ledger.push(doseRow({ dose_id: 'd1', cause: 'prime', state: 'running' }));
    const answer = await call('POST', `${PRIME}/renew`, { session: await logIn(), payload: { dose_id: 'd1' } });
    expect(answer.json()).toMatchObject({ dose_id: 'd1', state: 'running' });
    expect(services.calls).toEqual([{ name: 'renewPrime', args: ['ph-down', 'd1'] }]);
  });

  it('of what is over is 409', async () => {
    const { call, logIn, services } = await startFixture();
    services.failure = new PeristaError('E406', 'The prime is over (done)');
    const answer = await call('POST', `${PRIME}/renew`, { session: await logIn(), payload: { dose_id: 'd1' } });
    expect(answer.json()).toMatchObject({ status: 409, code: 'E406' });
  });
});

it.each([PRIME, `${PRIME}/renew`])('%s is nothing for a viewer', async (url) => {
  const { call, logInAs, services } = await startFixture();
  const payload = { max_s: 5, dose_id: 'd1' };
  expect((await call('POST', url, { session: await logInAs('viewer'), payload })).statusCode).toBe(403);
  expect((await call('POST', url, { payload })).statusCode).toBe(401);
  expect(services.calls).toEqual([]);
});
