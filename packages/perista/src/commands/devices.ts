import { parseArgs } from 'node:util';
import { type BrokerAccess, mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom } from '@perista/core';
import { DeviceId, type Dialect } from '@perista/protocol/fleet';
import { crowdId, type Habits, parseHabits, startDeviceCrowd } from '@perista/simulator/infusion-device';
import { BROKER_HELP, BROKER_OPTIONS, brokerAccess } from '../devices/broker-options.ts';
import { watchCrowd } from '../devices/crowd-watch.ts';
import { readCount, readRate } from '../devices/number-options.ts';
import { EXIT } from '../process/exit-codes.ts';
import { stopRequest } from '../process/stop-request.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';
import type { Settings } from '../settings/settings-loader.ts';

const OPTIONS = {
  ...BROKER_OPTIONS,
  count: { type: 'string', default: '10' },
  prefix: { type: 'string', default: 'PUMP_' },
  'rate-hz': { type: 'string', default: '1' },
  infusing: { type: 'boolean', default: false },
  habits: { type: 'string', default: 'none' },
  v0: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const HELP = `perista devices is a crowd of emulated infusion pumps, each with somebody beside it who accepts what it is asked.

${BROKER_HELP}
  --count N             how many [10]
  --prefix TEXT         in front of 0001, 0002 and so on [PUMP_]
  --rate-hz N           messages of progress a second, of each [1]
  --infusing            all of them run from the beginning, begun at the device itself
  --habits a,b=0.5      bad habits and their chances, "all" or "none" [none]; perista device --help lists them
  --v0                  plain payloads, without header, ids and acknowledgements
`;

interface Order {
  readonly access: BrokerAccess;
  readonly count: number;
  readonly prefix: string;
  readonly rateHz: number;
  readonly isInfusing: boolean;
  readonly habits: Habits;
  readonly dialect: Dialect;
}

/** `perista devices`: many emulated infusion devices in one process, and what they do in one line. */
export async function devices(args: readonly string[]): Promise<number> {
  process.title = 'perista devices';
  const stop = stopRequest();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const loaded = settingsOrTellMistakes([]);
  if (loaded === undefined) return EXIT.wrongSettings;
  const order = readOrder(args, loaded.settings);
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

/** What is wanted, or what is wrong with it. */
function readOrder(args: readonly string[], settings: Settings): Order | string {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const count = readCount(values.count);
    const { prefix } = values;
    if (!DeviceId.safeParse(crowdId(prefix, count)).success)
      return `--prefix must make ids of 1 to 64 of A–Z, a–z, 0–9, _ and -, not "${prefix}"`;
    const access = brokerAccess(values, settings);
    if (typeof access === 'string') return access;
    const habits = parseHabits(values.habits);
    if (typeof habits === 'string') return habits;
    const rateHz = readRate(values['rate-hz']);
    return { access, count, prefix, rateHz, isInfusing: values.infusing, habits, dialect: values.v0 ? 'v0' : 'v1' };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
