// Proves that the endpoints of the dosing unit take and give what their specification writes, and hand on who asks.
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

async function setUp() {
  const fixture = await startFixture();
  return { ...fixture, session: await fixture.logIn() };
}

describe('the dosing unit', () => {
  it('takes one channel or several, and answers the whole configuration', async () => {
    const { call, session, services } = await setUp();
    const one = { id: 1, weekly_dosing_value: 217 };
    for (const payload of [one, { channels: [one] }]) {
      const answer = await call('POST', '/api/dosing-config', { session, payload });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual((await call('GET', '/api/dosing-config', { session })).json());
      expect(services.calls.at(-1)).toMatchObject({ name: 'configure', args: [[one], { name: 'admin' }] });
    }
    expect((await call('GET', '/api/dosing-status', { session })).json()).toMatchObject({ active_channel: null });
  });

  it('takes the word of an operator, and of nobody less, that a plan holds', async () => {
    const { call, logInAs, services } = await setUp();
    const refused = await call('POST', '/api/dosing-config/confirm', { session: await logInAs('viewer') });
    expect([refused.statusCode, services.calls]).toEqual([403, []]);
    const answer = await call('POST', '/api/dosing-config/confirm', { session: await logInAs('operator') });
    expect([answer.statusCode, answer.json().system_enabled]).toEqual([200, true]);
    expect(services.calls).toMatchObject([{ name: 'confirm', args: [{ role: 'operator' }] }]);
  });

  it('begins a calibration run with 202 and finishes it with 200', async () => {
    const { call, session } = await setUp();
    const started = await call('POST', '/api/calibrate-channel', { session, payload: { channel_id: 1 } });
    expect([started.statusCode, started.json()]).toEqual([
      202,
      { run_id: 'run-1', channel_id: 1, state: 'accepted', duration_s: 30 },
    ]);
    const payload = { channel_id: 1, measured_ml: 9.9 };
    const finished = await call('POST', '/api/calibrate-channel', { session, payload });
    expect([finished.statusCode, finished.json().dosing_rate]).toEqual([200, 0.33]);
  });

  it('doses by hand under an idempotency key, for an operator, and names what is wrong', async () => {
    const { call, logInAs, services } = await setUp();
    const session = await logInAs('operator');
    const headers = { 'idempotency-key': 'k' };
    const answer = await call('POST', '/api/manual-dose', { session, headers, payload: { channel_id: 2 } });
    expect([answer.statusCode, answer.json().queue_position]).toEqual([202, 0]);
    expect(services.calls.at(-1)?.args[2]).toBe('k');
    const wrong = await call('POST', '/api/manual-dose', { session, payload: { channel_id: 7, volume_ml: '50' } });
    expect(wrong.json()).toMatchObject({
      code: 'E402',
      errors: [{ path: 'channel_id' }, { path: 'volume_ml', message: 'must be a number, is "50"' }],
    });
    const change = await call('POST', '/api/dosing-config', { session, payload: { id: 1, enabled: false } });
    expect(change.statusCode).toBe(403);
  });
});
