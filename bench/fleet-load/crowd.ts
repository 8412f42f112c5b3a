import { mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom } from '@perista/core';
import { startDeviceCrowd } from '@perista/simulator/infusion-device';

// Many devices in a process of their own. Each second one of them has an alarm that is over in the next. Beside them are some that wait
// to be started.
const ALARM_EVERY_MS = 1_000;

const [, , url = '', count = '500', prefix = 'BENCH_', idleCount = '10', idlePrefix = 'IDLE_'] = process.argv;
let alarms = 0;
const ports = {
  clock: hostClock(globalThis),
  random: hostRandom(globalThis.crypto),
  broker: mqttJsBroker({ url }),
};
const idle = startDeviceCrowd({ ...ports, count: Number(idleCount), prefix: idlePrefix });
const crowd = startDeviceCrowd({
  ...ports,
  count: Number(count),
  prefix,
  isInfusing: true,
  onHappening: (_id, happening) => {
    if (happening.kind === 'told' && happening.name === 'error') alarms++;
  },
});

let turn = 0;
let timer: ReturnType<typeof setInterval> | undefined;
process.on('message', async (word: string) => {
  if (word === 'alarms') {
    timer = setInterval(() => {
      const index = turn++;
      crowd.devices.at((index - 1) % crowd.devices.length)?.setAlarm('BATTERY_LOW', false);
      crowd.devices[index % crowd.devices.length]?.setAlarm('BATTERY_LOW', true);
    }, ALARM_EVERY_MS);
  }
  if (word === 'quiet') clearInterval(timer);
  if (word === 'count') process.send?.({ connected: crowd.connected, idle: idle.connected, told: crowd.told, alarms });
  if (word === 'end') {
    await Promise.all([crowd.stop(), idle.stop()]);
    process.exit(0);
  }
});
