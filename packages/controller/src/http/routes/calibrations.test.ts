// Proves that guided calibrations are asked for by administrators only, in bodies of which every key is checked.
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

const SESSION = '/api/pumps/ph-down/calibration-sessions/cs-1';

async function admin() {
  const fixture = await startFixture();
  const session = await fixture.logIn();
  const post = (url: string, payload?: object) =>
    fixture.call('POST', url, { session, ...(payload !== undefined && { payload }) });
  return { ...fixture, session, post };
}

describe('the calibrations of a pump', () => {
  it('are read by any viewer and changed by none', async () => {
    const { call, logInAs } = await admin();
    const viewer = { session: await logInAs('viewer') };
    const answer = await call('GET', '/api/pumps/ph-down/calibrations', viewer);
    expect(answer.json()).toMatchObject({ items: [{ id: 'cal-1', active: true }], session: { id: 'cs-1' } });
    const operator = { session: await logInAs('operator') };
    for (const url of [
      `${SESSION}/runs`,
      `${SESSION}/measurements`,
      `${SESSION}/finish`,
      '/api/calibrations/x/activate',
    ]) {
      expect((await call('POST', url, { ...operator, payload: {} })).json()).toMatchObject({ code: 'E403' });
    }
  });

  it('begin, finish, are activated and ended by their addresses', async () => {
    const { post, call, services, session } = await admin();
    expect((await post('/api/pumps/ph-down/calibration-sessions')).statusCode).toBe(201);
    expect((await post(`${SESSION}/finish`)).json()).toMatchObject({ calibration: { active: false } });
    expect((await post('/api/calibrations/cal-7/activate')).json()).toMatchObject({ id: 'cal-7' });
    expect((await call('DELETE', SESSION, { session })).statusCode).toBe(204);
    expect((await post('/api/pumps/none/calibration-sessions')).json()).toMatchObject({ code: 'E404' });
    expect(services.calls.map(({ name }) => name)).toEqual([
      'openCalibration',
      'finishCalibrationSession',
      'activateCalibration',
      'abandonCalibration',
    ]);
  });
});

describe('a run', () => {
  it('is a speed for a time, or a volume, with its key', async () => {
    const { call, services, session } = await admin();
    const payload = { rpm: 100, duration_s: 18 };
    const headers = { 'idempotency-key': 'k1' };
    const answer = await call('POST', `${SESSION}/runs`, { session, payload, headers });
    expect(answer.statusCode).toBe(202);
    expect(answer.headers.location).toBe('/api/doses/cs-1-1');
    expect(services.calls.at(-1)).toMatchObject({
      name: 'calibrationRun',
      args: ['ph-down', 'cs-1', { request: payload, key: 'k1' }],
    });
    expect((await call('POST', `${SESSION}/runs`, { session, payload: { verify_ml: 10 } })).statusCode).toBe(202);
  });

  it('of both kinds, of neither, or of nothing is refused by its keys', async () => {
    const { post, services } = await admin();
    const wrong = [
      {},
      { rpm: 100 },
      { rpm: 0, duration_s: 1 },
      { rpm: 1, duration_s: 1, verify_ml: 5 },
      { verify_ml: -1 },
    ];
    for (const payload of wrong) {
      const answer = await post(`${SESSION}/runs`, payload);
      expect(answer.statusCode, JSON.stringify(payload)).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'E402' });
    }
    expect(services.calls).toEqual([]);
  });
});

describe('a measurement', () => {
  it('is a volume, a mass with its density, or none', async () => {
    const { post, services } = await admin();
    const bodies = [
      { run_id: 'r', measured_ml: 5.4 },
      { run_id: 'r', measured_g: 5.4, density_g_ml: 0.9982 },
      { run_id: 'r', discard: true },
    ];
    for (const body of bodies) expect((await post(`${SESSION}/measurements`, body)).statusCode).toBe(200);
    expect(services.calls.map(({ args }) => args[2])).toEqual(bodies);
  });

  it('without its density, or with one of no liquid, is refused', async () => {
    const { post } = await admin();
    const wrong = [
      { run_id: 'r' },
      { run_id: 'r', measured_g: 5.4 },
      { run_id: 'r', measured_g: 5.4, density_g_ml: 9 },
      { run_id: 'r', measured_ml: '5' },
      { run_id: 'r', measured_ml: 5, discard: true },
    ];
    for (const body of wrong)
      expect((await post(`${SESSION}/measurements`, body)).json()).toMatchObject({ code: 'E402' });
  });
});

describe('a reminder', () => {
  it('is set in days and ml, each of which may be off', async () => {
    const { call, session } = await admin();
    const put = (payload: object) => call('PUT', '/api/pumps/ph-down/calibration-reminder', { session, payload });
    expect((await put({ days: 30, volume_ml: null })).json()).toMatchObject({
      reminder: { days: 30, volume_ml: null },
    });
    expect((await put({ days: 0, volume_ml: null })).json()).toMatchObject({ code: 'E402' });
    expect((await put({ days: 5000, volume_ml: 1 })).json()).toMatchObject({ errors: [{ path: 'days' }] });
  });
});
