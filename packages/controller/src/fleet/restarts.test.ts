// Proves that a server that is killed loses nothing that was ordered, sends nothing twice (I3), and is put right by the device.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEVICE_ID, OLA, OrdersFixture } from './fleet-orders-fixture.ts';

let fleet: OrdersFixture;
const IDLE = { status: 'idle', activeInfusionId: null };
/** The server is killed, is away for a while and starts again on the same database. */
const restart = async (awayMs = 1_000) => {
  fleet.crash();
  await fleet.clock.advance(awayMs);
  fleet.sent.length = 0;
  fleet.boot();
};

beforeEach(() => {
  fleet = new OrdersFixture().see().boot();
});
afterEach(() => fleet.crash());

it('a start on its way is asked after and not sent again, and its confirmation still counts', async () => {
  const ids = await fleet.start();
  await restart();
  expect(fleet.infusion()).toMatchObject({ infusionId: ids.infusionId, state: 'awaiting_confirmation' });
  expect(fleet.names()).toEqual(['GET_STATE']);
  fleet.tell('infusion', { ...ids, confirmed: true });
  expect(fleet.infusion()).toMatchObject({ state: 'running', late: false });
  await fleet.clock.advance(60_000);
  expect(fleet.names()).not.toContain('START_INFUSION');
});

it('a start that nobody answers is unanswered when the rest of its wait is over', async () => {
  const { commandId } = await fleet.start();
  fleet.tell('ack', { commandId, stage: 'received' });
  await fleet.clock.advance(10_000);
  await restart(5_000);
  await fleet.clock.advance(14_900);
  expect(fleet.infusion()?.state).toBe('awaiting_confirmation');
  await fleet.clock.advance(200);
  expect(fleet.infusion()?.state).toBe('unanswered');
  expect(fleet.names()).toContain('CANCEL');
  expect(fleet.names()).not.toContain('START_INFUSION');
});

it('a start that was written down and surely never sent is cancelled', async () => {
  fleet.isBrokerConfirming = false;
  const { infusion } = fleet.orders.infusions.start({
    ...{ deviceId: DEVICE_ID, actor: OLA },
    request: { flowRateMlMin: 1, plannedTimeMin: 5 },
  });
  // As if the server had died between the two transactions.
  fleet.store.run('UPDATE device_commands SET sendings = 0, wait_until_ms = NULL');
  await restart();
  await fleet.clock.advance(0);
  expect(fleet.infusion()).toMatchObject({
    infusionId: infusion.infusionId,
    state: 'cancelled',
    reason: expect.stringContaining('never sent'),
  });
  expect(fleet.names()).toEqual(['GET_STATE']);
});

it('a start that was unanswered stays so, is cancelled once more, and its device is asked', async () => {
  const { infusionId } = await fleet.start();
  await fleet.clock.advance(40_000);
  await restart();
  expect(fleet.infusion()?.state).toBe('unanswered');
  expect(fleet.alarms()).toEqual(['unanswered on']);
  expect(fleet.names().sort()).toEqual(['CANCEL', 'GET_STATE']);
  fleet.tell('status', { status: 'running', activeInfusionId: infusionId });
  expect(fleet.infusion()).toMatchObject({ state: 'running', late: true });
});

it.each([
  ['runs on', { status: 'running', activeInfusionId: 'OURS' }, 'running'],
  [
    'was completed meanwhile',
    { ...IDLE, lastResult: { infusionId: 'OURS', end: 'completed', deliveredVolumeMl: 20 } },
    'completed',
  ],
  ['knows nothing of it any more', { ...IDLE, lastResult: null }, 'interrupted'],
] as const)('a running infusion whose device %s', async (_what, status, state) => {
  const { infusionId } = await fleet.run();
  fleet.tell('progress', { infusionId, state: 'running', deliveredVolumeMl: 3 });
  await fleet.clock.advance(5_000);
  fleet.tell('progress', { infusionId, state: 'running', deliveredVolumeMl: 4 });
  await restart();
  expect(fleet.infusion()).toMatchObject({ state: 'running', deliveredMl: 3 });
  expect(fleet.names()).toEqual(['GET_STATE']);
  fleet.tell('status', IDLE, { isRetained: true });
  expect(fleet.infusion()?.state).toBe('running');
  fleet.tell('status', JSON.parse(JSON.stringify(status).replaceAll('OURS', infusionId)));
  expect(fleet.infusion()).toMatchObject({ state, ...(state === 'interrupted' && { loMl: 3 }) });
  expect(fleet.orders.records.commands(DEVICE_ID)).toEqual([]);
});

it('a stop that is not proven goes on, with its alarm', async () => {
  await fleet.run();
  fleet.orders.orders.command(DEVICE_ID, { command: 'STOP_INFUSION' }, OLA);
  await fleet.clock.advance(3_100);
  await restart();
  expect(fleet.alarms()).toEqual(['stop-not-proven on']);
  expect(fleet.names()).toContain('STOP_INFUSION');
  fleet.tell('status', IDLE);
  expect(fleet.infusion()?.state).toBe('stopped');
  expect(fleet.alarms()).toEqual(['stop-not-proven latched']);
});

it('an alarm stays until it is acknowledged, with who did and when', async () => {
  fleet.tell('error', { code: 'OCCLUSION', severity: 'high', message: 'The line is blocked', phase: 'start' });
  await restart();
  expect(fleet.alarms()).toEqual(['device-error on']);
  const [alarm] = fleet.orders.records.alarms(DEVICE_ID);
  fleet.orders.alarms.acknowledge(String(alarm?.alarmId), OLA);
  await restart();
  expect(fleet.orders.records.alarms(DEVICE_ID)).toMatchObject([
    { state: 'acknowledged', acknowledgedBy: 'ola', acknowledgedAt: '2026-03-01T12:00:01.000Z' },
  ]);
  fleet.tell('error', { code: 'OCCLUSION', phase: 'end' });
  expect(fleet.alarms()).toEqual([]);
});

it('a key gives the same infusion after a restart', async () => {
  const first = await fleet.start(undefined, 'k');
  await restart();
  expect(await fleet.start(undefined, 'k')).toEqual(first);
  expect(fleet.names()).not.toContain('START_INFUSION');
});
