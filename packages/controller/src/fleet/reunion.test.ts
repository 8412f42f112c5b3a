// Proves what follows when server and device see each other again: after a reconnect, a reboot, a restart of the server.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_ID, OLA, OrdersFixture } from './fleet-orders-fixture.ts';

let fleet: OrdersFixture;
const IDLE = { status: 'idle', activeInfusionId: null };
const reboot = (): number => {
  fleet.see({ boot: 2 });
  return 2;
};

beforeEach(() => {
  fleet = new OrdersFixture().see().boot();
});
afterEach(() => fleet.crash());

describe('a device that comes back', () => {
  it('and runs what runs goes on, paused or not', async () => {
    const { infusionId } = await fleet.run();
    reboot();
    fleet.tell('status', { status: 'paused', activeInfusionId: infusionId });
    expect(fleet.infusion()?.state).toBe('paused');
    fleet.tell('status', { status: 'idle', activeInfusionId: null, lastResult: null });
    expect(fleet.infusion()?.state).toBe('interrupted');
    expect(fleet.names()).toEqual(['START_INFUSION']);
  });

  it('idle and with the result closes by its numbers', async () => {
    const { infusionId } = await fleet.run();
    const lastResult = { infusionId, end: 'stopped', deliveredVolumeMl: 12.5 };
    fleet.tell('status', { ...IDLE, lastResult });
    expect(fleet.infusion()).toMatchObject({ state: 'stopped', deliveredMl: 12.5, loMl: null });
    expect(fleet.alarms()).toEqual([]);
  });

  it('idle after a reboot leaves "at least", with an alarm that waits to be seen', async () => {
    const { infusionId } = await fleet.run();
    fleet.tell('progress', { infusionId, state: 'running', deliveredVolumeMl: 7.25 });
    reboot();
    fleet.tell('status', { ...IDLE, lastResult: { infusionId: 'other', end: 'completed', deliveredVolumeMl: 1 } });
    expect(fleet.infusion()).toMatchObject({ state: 'interrupted', loMl: 7.25 });
    expect(fleet.orders.records.alarms(DEVICE_ID)).toMatchObject([
      { kind: 'interrupted', priority: 'high', state: 'latched', message: expect.stringContaining('at least 7.25 ml') },
    ]);
  });

  it('and runs what nobody knew whether it began is late', async () => {
    const { infusionId } = await fleet.start();
    await fleet.clock.advance(15_100);
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId });
    expect(fleet.infusion()).toMatchObject({ state: 'running', late: true });
    expect(fleet.alarms()).toEqual(['unanswered latched', 'late-start on']);
  });

  it('and runs what is just being asked for is waited for: the answer tells the parameters', async () => {
    const ids = await fleet.start();
    fleet.tell('status', { status: 'running', activeInfusionId: ids.infusionId });
    expect(fleet.infusion()?.state).toBe('awaiting_confirmation');
    fleet.tell('infusion', { ...ids, confirmed: true, parameters: { flowRateMlMin: 20 } });
    expect(fleet.alarms()).toEqual(['parameters-differ on']);
  });

  it('and tells its parameters after that it runs is stopped all the same if they differ', async () => {
    const ids = await fleet.start();
    fleet.tell('ack', { commandId: ids.commandId, stage: 'executing' });
    expect(fleet.infusion()?.state).toBe('running');
    fleet.tell('infusion', { ...ids, confirmed: true, parameters: { plannedVolumeMl: 200 } });
    expect(fleet.names()).toEqual(['START_INFUSION', 'STOP_INFUSION']);
  });

  it('idle while nobody knows whether it will begin is waited for, and told once more not to', async () => {
    await fleet.start();
    await fleet.clock.advance(31_000);
    fleet.tell('status', IDLE);
    expect(fleet.infusion()?.state).toBe('unanswered');
    fleet.sent.length = 0;
    fleet.orders.presence.presence(DEVICE_ID, 'online', null);
    expect(fleet.names()).toEqual(['CANCEL', 'GET_STATE']);
    expect(fleet.orders.records.commands(DEVICE_ID).map(({ command }) => command)).toEqual([
      'START_INFUSION',
      'CANCEL',
      'GET_STATE',
    ]);
  });

  it('and runs something unknown has begun it itself', () => {
    fleet.tell('status', { status: 'running', activeInfusionId: 'own-1' });
    expect(fleet.infusion()).toMatchObject({
      ...{ infusionId: 'own-1', state: 'running', source: 'device', actor: 'device' },
      ...{ parameters: null, commandId: null },
    });
    expect(fleet.alarms()).toEqual(['adopted on']);
    expect(fleet.orders.records.startBlockedBy(DEVICE_ID)).toMatchObject({ code: 'E503' });
    fleet.tell('completion', { infusionId: 'own-1', deliveredVolumeMl: 5 });
    expect(fleet.infusion()).toMatchObject({ state: 'completed', deliveredMl: 5 });
    expect(fleet.alarms()).toEqual(['adopted latched']);
  });

  it('and runs something unknown in the place of ours has ended ours', async () => {
    await fleet.run();
    fleet.tell('status', { status: 'running', activeInfusionId: 'own-1' });
    expect(fleet.orders.infusions.list(DEVICE_ID, { limit: 5 }).items).toMatchObject([
      { infusionId: 'own-1', state: 'running' },
      { state: 'interrupted' },
    ]);
  });

  it('and runs what was stopped is stopped again, under an alarm', async () => {
    const { infusionId } = await fleet.run();
    const { commandId } = fleet.orders.orders.command(DEVICE_ID, { command: 'STOP_INFUSION' }, OLA);
    fleet.tell('ack', { commandId, stage: 'done' });
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId });
    expect(fleet.names()).toEqual(['START_INFUSION', 'STOP_INFUSION', 'STOP_INFUSION']);
    expect(fleet.alarms()).toEqual(['stop-not-proven on']);
    fleet.tell('status', IDLE);
    expect(fleet.alarms()).toEqual(['stop-not-proven latched']);
  });

  it('claims no infusion of another device', async () => {
    const { infusionId } = await fleet.run();
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId }, { deviceId: 'PUMP_0002' });
    fleet.tell('completion', { infusionId, deliveredVolumeMl: 1 }, { deviceId: 'PUMP_0002' });
    expect(fleet.infusion()).toMatchObject({ state: 'running', deviceId: DEVICE_ID });
    expect(fleet.orders.records.infusion('PUMP_0002')).toBeNull();
  });

  it('is not believed by what others overtook', async () => {
    const { infusionId } = await fleet.run();
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId }, { header: { boot: 1, seq: 100 } });
    fleet.tell('status', IDLE, { header: { boot: 1, seq: 99 } });
    expect(fleet.infusion()?.state).toBe('running');
  });
});

it('a device that floods is heard no more than the disk can bear, and again once it is calm', async () => {
  for (let n = 0; n < 300; n++) fleet.tell('actions', { action: `press-${n}` });
  expect(fleet.timeline()).toHaveLength(100);
  await fleet.clock.advance(1_000);
  fleet.tell('status', { status: 'running', activeInfusionId: 'own-1' });
  expect(fleet.infusion()?.infusionId).toBe('own-1');
});

describe('progress', () => {
  it('of what does not run for the server asks the device how it is, and no more often than each 5 s', async () => {
    const { infusionId } = await fleet.start();
    const progress = () => fleet.tell('progress', { infusionId, state: 'running', deliveredVolumeMl: 1 });
    for (let n = 0; n < 20; n++) progress();
    expect(fleet.names()).toEqual(['START_INFUSION', 'GET_STATE']);
    fleet.tell('status', IDLE);
    progress();
    expect(fleet.names()).toHaveLength(2);
    await fleet.clock.advance(5_000);
    progress();
    expect(fleet.names().filter((name) => name === 'GET_STATE')).toHaveLength(2);
  });
});
