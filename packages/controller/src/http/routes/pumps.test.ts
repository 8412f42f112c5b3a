// Proves that pumps are shown and changed in the name of who asks.
import { describe, expect, it } from 'vitest';
import { actorNamed, startFixture } from '../http-fixture.ts';

const NEW_PUMP = {
  id: 'acid',
  hardware: {
    kind: 'servo42c',
    line: 'main',
    address: 0xe1,
    microstep: 16,
    steps_per_rev: 200,
    invert: false,
    dialect: 'auto',
    max_rpm: 300,
  },
  limits: { single_ml: 10, duration_s: 60, hour_ml: 20, day_ml: 50, week_ml: 100 },
  max_rate_ml_min: 40,
};
const ADMIN = actorNamed('admin', 'admin');

describe('pumps', () => {
  it('are listed and shown', async () => {
    const { call, logInAs } = await startFixture();
    const session = await logInAs('viewer');
    expect((await call('GET', '/api/pumps', { session })).json().items).toHaveLength(1);
    expect((await call('GET', '/api/pumps/ph-down', { session })).json()).toMatchObject({
      id: 'ph-down',
      state: 'idle',
    });
  });

  it('are added, changed and removed in the name of who asks', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    const added = await call('POST', '/api/pumps', { session, payload: NEW_PUMP });
    expect([added.statusCode, added.headers.location, added.json().id]).toEqual([201, '/api/pumps/acid', 'acid']);
    const patch = { limits: { day_ml: 5 }, enabled: false };
    expect((await call('PATCH', '/api/pumps/ph-down', { session, payload: patch })).statusCode).toBe(200);
    const removed = await call('DELETE', '/api/pumps/ph-down', { session });
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect(services.calls).toEqual([
      { name: 'create', args: [NEW_PUMP, ADMIN] },
      { name: 'update', args: ['ph-down', patch, ADMIN] },
      { name: 'remove', args: ['ph-down', ADMIN] },
    ]);
  });

  it('are released with a reason or without', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    await call('POST', '/api/pumps/ph-down/release', { session, payload: { reason: 'tube was kinked' } });
    await call('POST', '/api/pumps/ph-down/release', { session });
    expect(services.calls.map(({ args }) => args[1])).toEqual(['tube was kinked', 'no reason given']);
  });
});
