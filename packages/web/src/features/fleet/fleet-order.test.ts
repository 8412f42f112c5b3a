// Proves that the list shows first what somebody has to look at, and does not jump where nothing tells devices apart.
import type { Device, DeviceAlarm } from '@perista/protocol/api';
import { expect, it } from 'vitest';
import { byUrgency, sortFleet } from './fleet-order.ts';

const alarm = (priority: DeviceAlarm['priority'], state: DeviceAlarm['state'] = 'on') =>
  ({ priority, state, alarmId: `${priority}-${state}` }) as DeviceAlarm;
const device = (id: string, part: Partial<Device> = {}) =>
  ({ id, alarms: [], presence: 'online', lastSeenAt: '2026-03-01T12:00:00Z', ...part }) as unknown as Device;

it('sorts by alarm, then by age, then by id', () => {
  const devices = [
    device('calm-b'),
    device('calm-a'),
    device('low', { alarms: [alarm('low')] }),
    device('high-seen', { alarms: [alarm('high', 'acknowledged')] }),
    device('high', { alarms: [alarm('low'), alarm('high')] }),
    device('old', { presence: 'offline', lastSeenAt: '2026-03-01T10:00:00Z' }),
    device('never', { presence: 'unknown', lastSeenAt: null }),
  ];
  expect(sortFleet(devices).map(({ id }) => id)).toEqual([
    ...['high', 'high-seen', 'low', 'never', 'old', 'calm-a', 'calm-b'],
  ]);
});

it('speaks of the worst alarm that nobody has seen', () => {
  expect(byUrgency([alarm('low'), alarm('high', 'acknowledged'), alarm('high')])[0]?.alarmId).toBe('high-on');
});
