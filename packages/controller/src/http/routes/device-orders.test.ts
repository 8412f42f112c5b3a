// Proves the API of infusions, commands, timeline and alarms: who may, what is refused with which code, and that a start is sent once.
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

const BODY = { flowRateMlMin: 2, plannedTimeMin: 10 };
const HEADER = { v: 1, boot: 1 };

/** An operator with the device P1 before a broker, and a device that tells by `tell`. */
async function start() {
  const fixture = await startFixture();
  const { fleet, broker, clock, call, logInAs } = fixture;
  fleet.start();
  await clock.advance(10);
  let seq = 0;
  const tell = (name: string, body: object, deviceId = 'P1') =>
    broker.deliver(`devices/${deviceId}/${name}`, { ...HEADER, seq: ++seq, ...body });
  tell('status', { status: 'idle', activeInfusionId: null });
  const operator = await logInAs('operator');
  const ask = async (method: 'GET' | 'POST', path: string, more: object = {}) => {
    const answer = await call(method, `/api/${path}`, { session: operator, ...more });
    return { status: answer.statusCode, body: answer.json() };
  };
  const sent = () => broker.on('devices/P1/commands').map(({ command }) => command);
  return { ...fixture, ask, operator, sent, tell };
}

describe('a start', () => {
  it('is accepted with infusion and command, once under its key', async () => {
    const { ask, sent, tell, clock } = await start();
    const order = { payload: BODY, headers: { 'idempotency-key': 'breakfast' } };
    const first = await ask('POST', 'devices/P1/infusions', order);
    expect(first).toMatchObject({
      status: 202,
      body: {
        infusion: { deviceId: 'P1', parameters: { plannedVolumeMl: 20 } },
        command: { command: 'START_INFUSION' },
      },
    });
    await clock.advance(10);
    const second = await ask('POST', 'devices/P1/infusions', order);
    expect(second.body.infusion.infusionId).toBe(first.body.infusion.infusionId);
    expect(sent()).toEqual(['START_INFUSION']);
    const other = { ...order, payload: { ...BODY, plannedTimeMin: 11 } };
    expect(await ask('POST', 'devices/P1/infusions', other)).toMatchObject({ status: 409, body: { code: 'E407' } });
    tell('infusion', { infusionId: first.body.infusion.infusionId, confirmed: true });
    expect((await ask('GET', 'devices/P1')).body).toMatchObject({
      ...{ infusion: { state: 'running' }, commands: [] },
      startBlockedBy: { code: 'E503' },
    });
    expect((await ask('GET', 'devices/P1/infusions?limit=1')).body.items).toMatchObject([{ state: 'running' }]);
  });

  it.each([
    ['P1', { flowRateMlMin: 2 }, 422, 'E504'],
    ['P1', { flowRateMlMin: 1_000, plannedTimeMin: 10, plannedVolumeMl: 3 }, 422, 'E504'],
    ['P1', { flowRateMlMin: '2', plannedTimeMin: 10 }, 400, 'E402'],
    ['P1', { ...BODY, acceptWithinS: 5 }, 400, 'E402'],
    ['nobody', BODY, 404, 'E501'],
    ['constructor', BODY, 404, 'E404'],
  ])('of %s with %j is refused with %i %s', async (deviceId, payload, status, code) => {
    const { ask, sent } = await start();
    expect(await ask('POST', `devices/${deviceId}/infusions`, { payload })).toMatchObject({ status, body: { code } });
    expect(sent()).toEqual([]);
  });

  it('names all that is wrong with its parameters', async () => {
    const { ask } = await start();
    const payload = { flowRateMlMin: 1_000, plannedTimeMin: 10, plannedVolumeMl: 3 };
    const { body } = await ask('POST', 'devices/P1/infusions', { payload });
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['flowRateMlMin', 'plannedVolumeMl']);
  });

  it('is refused while the broker is away', async () => {
    const { ask, broker } = await start();
    broker.isAway = true;
    broker.lose();
    expect(await ask('POST', 'devices/P1/infusions', { payload: BODY })).toMatchObject({
      status: 503,
      body: { code: 'E309' },
    });
  });
});

describe('a command', () => {
  it('stops at any time, and pauses only what runs', async () => {
    const { ask, sent } = await start();
    const give = (command: string) => ask('POST', 'devices/P1/commands', { payload: { command } });
    expect(await give('STOP_INFUSION')).toMatchObject({ status: 202, body: { command: 'STOP_INFUSION' } });
    expect(await give('PAUSE_INFUSION')).toMatchObject({ status: 409, body: { code: 'E406' } });
    expect(await give('CANCEL')).toMatchObject({ status: 409, body: { code: 'E406' } });
    expect(await give('START_INFUSION')).toMatchObject({ status: 400 });
    expect(sent()).toEqual(['STOP_INFUSION']);
  });
});

describe('a timeline', () => {
  it('tells who did what, also as a table', async () => {
    const { ask, call, operator } = await start();
    await ask('POST', 'devices/P1/commands', { payload: { command: 'STOP_INFUSION' } });
    expect((await ask('GET', 'devices/P1/timeline')).body.items).toMatchObject([
      { actor: 'the-operator', source: 'user', action: 'STOP_INFUSION', deviceId: 'P1' },
    ]);
    const table = await call('GET', '/api/devices/P1/timeline/export.csv', { session: operator });
    expect(table.headers['content-type']).toContain('text/csv');
    expect(table.body.split('\r\n').slice(0, 2)).toEqual([
      'seq,at,deviceId,actor,source,action,outcome,infusionId,commandId',
      expect.stringContaining('P1,the-operator,user,STOP_INFUSION'),
    ]);
  });
});

describe('an alarm', () => {
  it('is listed and acknowledged by name', async () => {
    const { ask, tell } = await start();
    tell('error', { code: 'OCCLUSION', severity: 'high', message: 'The line is blocked', phase: 'start' });
    const [alarm] = (await ask('GET', 'alarms?state=on&deviceId=P1')).body.items;
    expect(alarm).toMatchObject({ kind: 'device-error', priority: 'high', state: 'on' });
    expect(await ask('POST', `alarms/${alarm.alarmId}/acknowledge`)).toMatchObject({
      status: 200,
      body: { state: 'acknowledged', acknowledgedBy: 'the-operator' },
    });
    expect(await ask('POST', 'alarms/nothing/acknowledge')).toMatchObject({ status: 404 });
  });
});

describe('a viewer', () => {
  it('reads and orders nothing; who was not given a device does neither', async () => {
    const { call, logInAs, store } = await start();
    const viewer = await logInAs('viewer');
    const status = async (method: 'GET' | 'POST', path: string, payload?: object) =>
      (await call(method, `/api/${path}`, { session: viewer, ...(payload && { payload }) })).statusCode;
    expect(await status('GET', 'devices/P1/timeline')).toBe(200);
    expect(await status('POST', 'devices/P1/infusions', BODY)).toBe(403);
    expect(await status('POST', 'devices/P1/commands', { command: 'STOP_INFUSION' })).toBe(403);
    store.run('DELETE FROM device_rights_to_all');
    for (const path of ['devices/P1/timeline', 'devices/P1/infusions', 'devices/P1/timeline/export.csv']) {
      expect(await status('GET', path)).toBe(403);
    }
    const operator = await logInAs('operator');
    store.run('DELETE FROM device_rights_to_all');
    const stop = { session: operator, payload: { command: 'STOP_INFUSION' } };
    expect((await call('POST', '/api/devices/P1/commands', stop)).statusCode).toBe(403);
    expect((await call('GET', '/api/alarms', { session: operator })).json().items).toEqual([]);
  });
});
