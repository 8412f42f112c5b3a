// Proves the life of an alarm: on, latched, acknowledged, off; and which of them are told to people who are not looking.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_ID, OLA, OrdersFixture } from './fleet-orders-fixture.ts';

let fleet: OrdersFixture;
const OCCLUSION = { alarmId: 'a-1', code: 'OCCLUSION', severity: 'high', message: 'The line is blocked' };
const seen = () => {
  for (const { alarmId } of fleet.orders.records.alarms(DEVICE_ID)) fleet.orders.alarms.acknowledge(alarmId, OLA);
};

beforeEach(() => {
  fleet = new OrdersFixture().see().boot();
});
afterEach(() => fleet.crash());

describe('an error of a device', () => {
  it('is on until it ends, and then latched until it is seen', () => {
    fleet.tell('error', { ...OCCLUSION, phase: 'start' });
    fleet.tell('error', { ...OCCLUSION, phase: 'start' });
    expect(fleet.alarms()).toEqual(['device-error on']);
    fleet.tell('error', { ...OCCLUSION, phase: 'end' });
    expect(fleet.alarms()).toEqual(['device-error latched']);
    fleet.tell('error', { ...OCCLUSION, alarmId: 'a-2', phase: 'start' });
    expect(fleet.alarms()).toEqual(['device-error on']);
    seen();
    seen();
    expect(fleet.alarms()).toEqual(['device-error acknowledged']);
    fleet.tell('error', { ...OCCLUSION, phase: 'end' });
    expect(fleet.alarms()).toEqual([]);
    expect(fleet.timeline().filter((line) => line.startsWith('ola'))).toHaveLength(1);
  });

  it('without a phase happened: it is to be seen, once', () => {
    fleet.tell('error', { code: 17, severity: 'Warning', message: 'Door' }, { header: null });
    fleet.tell('error', { code: 17, severity: 'Warning', message: 'Door' }, { header: null });
    expect(fleet.orders.records.alarms(DEVICE_ID)).toMatchObject([
      { state: 'latched', priority: 'medium', code: '17', message: 'Door' },
    ]);
    seen();
    expect(fleet.alarms()).toEqual([]);
  });

  it.each([
    ['critical', 'high'],
    ['warning', 'medium'],
    ['info', 'low'],
    ['purple', 'high'],
    [undefined, 'high'],
  ])('of severity %s has priority %s', (severity, priority) => {
    fleet.tell('error', { ...OCCLUSION, severity, phase: 'start' });
    expect(fleet.orders.records.alarms(DEVICE_ID)).toMatchObject([{ priority }]);
  });

  it('that began or ended unheard is known from the list in a status', () => {
    const status = { status: 'idle', activeInfusionId: null };
    fleet.tell('status', { ...status, alarms: [{ alarmId: 'a-1', code: 'OCCLUSION' }, 'DOOR'] });
    expect(fleet.orders.records.alarms(DEVICE_ID).map(({ code }) => code)).toEqual(['OCCLUSION', 'DOOR']);
    fleet.tell('status', { ...status, alarms: ['DOOR'] });
    fleet.tell('status', status);
    expect(fleet.alarms()).toEqual(['device-error latched', 'device-error on']);
  });

  it('does not fill the disk', () => {
    for (let n = 0; n < 150; n++) fleet.tell('error', { code: `E${n}`, phase: 'start' });
    expect(fleet.alarms()).toHaveLength(100);
  });
});

it('of high priority is told by the event log, once until it is seen and gone', () => {
  fleet.tell('error', { ...OCCLUSION, phase: 'start' });
  fleet.tell('error', { code: 'BATTERY', severity: 'low', phase: 'start' });
  const begun = { kind: 'device_alarm', severity: 'alarm', data: { device_id: DEVICE_ID, code: 'OCCLUSION' } };
  for (const phase of ['end', 'start', 'end']) fleet.tell('error', { ...OCCLUSION, phase });
  expect(fleet.events).toMatchObject([begun]);
  seen();
  expect(fleet.events).toMatchObject([begun, { kind: 'device_alarm_over', severity: 'info' }]);
});

it('stands while a device is offline: a high one if an infusion may run unseen', async () => {
  fleet.orders.presence.presence(DEVICE_ID, 'offline', 'it is silent');
  expect(fleet.orders.records.alarms(DEVICE_ID)).toMatchObject([{ kind: 'offline', priority: 'low', state: 'on' }]);
  fleet.orders.presence.presence(DEVICE_ID, 'online', null);
  seen();
  await fleet.run();
  fleet.orders.presence.presence(DEVICE_ID, 'offline', 'it is silent');
  expect(fleet.orders.records.alarms(DEVICE_ID)).toMatchObject([{ kind: 'offline', priority: 'high' }]);
  fleet.orders.presence.presence(DEVICE_ID, 'stale', 'it is silent');
  expect(fleet.alarms()).toEqual(['offline on']);
  fleet.orders.presence.presence(DEVICE_ID, 'online', null);
  expect(fleet.alarms()).toEqual(['offline latched']);
});

it('is listed for who may see its device', () => {
  fleet.tell('error', { ...OCCLUSION, phase: 'start' });
  fleet.tell('error', { ...OCCLUSION, phase: 'start' }, { deviceId: 'PUMP_0002' });
  const list = (may: string, query = {}) =>
    fleet.orders.alarms
      .list({ limit: 10, ...query }, { mayWatch: (_user, id) => id === may, assertMayWatch: () => {} }, 'ola')
      .items.map(({ deviceId }) => deviceId);
  expect(list(DEVICE_ID)).toEqual([DEVICE_ID]);
  expect(list(DEVICE_ID, { deviceId: 'PUMP_0002' })).toEqual([]);
  expect(list('PUMP_0002', { state: 'off' })).toEqual([]);
});
