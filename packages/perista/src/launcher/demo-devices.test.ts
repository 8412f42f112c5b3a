// Proves that devices for a newcomer know the way to the broker and nothing else that is secret, and come again when they die.
import { silentLog, VirtualClock } from '@perista/core';
import { expect, it } from 'vitest';
import type { ChildCommand } from './child-process.ts';
import { demoDevicesProcess } from './demo-devices.ts';
import { FakeChild } from './fake-child-process.ts';

it('are given the log-in of the broker alone, and start again', async () => {
  const clock = new VirtualClock();
  const children: FakeChild[] = [];
  const startChild = (command: ChildCommand) => {
    const child = new FakeChild(children.length + 1, command);
    children.push(child);
    return child;
  };
  const env = {
    PATH: '/bin',
    ...{ PERISTA_ADMIN_PASSWORD: 'a', PERISTA_REMOTE_LOG_TOKEN: 'b' },
    ...{ PERISTA_MQTT_PASSWORD: 'c', HIVEMQ_PASSWORD: 'd', PERISTA_MQTT_USERNAME: 'doser' },
  };
  const devices = demoDevicesProcess({ args: ['--demo-devices', '3'], env }, { startChild, clock, log: silentLog });
  void devices.start();
  expect(children[0]?.command.args).toEqual(['demo-devices', '--demo-devices', '3']);
  const { PERISTA_ADMIN_PASSWORD: _one, PERISTA_REMOTE_LOG_TOKEN: _two, ...known } = env;
  expect(children[0]?.command.env).toEqual(known);
  children[0]?.end();
  await clock.advance(10_000);
  expect(children).toHaveLength(2);
  await devices.stop(1_000);
  expect(children[1]?.signals).toEqual(['SIGTERM']);
});
