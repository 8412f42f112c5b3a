import { mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom } from '@perista/core';
import { crowdId, startDeviceCrowd } from '@perista/simulator/infusion-device';
import { CROWD_HELP, readCrowdOrder } from '../devices/crowd-order.ts';
import { watchCrowd } from '../devices/crowd-watch.ts';
import { EXIT } from '../process/exit-codes.ts';
import { stopRequest } from '../process/stop-request.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';

/** `perista devices`: many emulated infusion devices in one process, and what they do in one line. */
export async function devices(args: readonly string[]): Promise<number> {
  process.title = 'perista devices';
  const stop = stopRequest();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(CROWD_HELP);
    return EXIT.ok;
  }
  const loaded = settingsOrTellMistakes([]);
  if (loaded === undefined) return EXIT.wrongSettings;
  const order = readCrowdOrder(args, loaded.settings);
  if (typeof order === 'string') {
    process.stderr.write(`perista: ${order}; see perista devices --help\n`);
    return EXIT.wrongSettings;
  }
  const { access, ...given } = order;
  const clock = hostClock(globalThis);
  const random = hostRandom(globalThis.crypto);
  process.stdout.on('error', () => {});
  process.stdout.write(
    `${crowdId(order.prefix, 1)} to ${crowdId(order.prefix, order.count)} at ${access.url}; Ctrl-C stops\n`,
  );
  const watch = watchCrowd(clock);
  const crowd = startDeviceCrowd({ clock, random, broker: mqttJsBroker(access), onHappening: watch.hear, ...given });
  watch.start(crowd);
  await stop;
  watch.stop();
  await crowd.stop();
  process.stdout.write(`${order.count} devices are switched off\n`);
  return EXIT.ok;
}
