import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerAccess, mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom, isPeristaError } from '@perista/core';
import { DeviceId, type Dialect } from '@perista/protocol/fleet';
import {
  AutomaticDevice,
  fileDeviceMemory,
  HABITS,
  type Habits,
  InfusionDevice,
  parseHabits,
} from '@perista/simulator/infusion-device';
import { BROKER_HELP, BROKER_OPTIONS, brokerAccess } from '../devices/broker-options.ts';
import { actOnTyped, TYPED_HELP } from '../devices/device-console.ts';
import { DeviceScreen } from '../devices/device-screen.ts';
import { readRate } from '../devices/number-options.ts';
import { EXIT } from '../process/exit-codes.ts';
import { stopRequest } from '../process/stop-request.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';
import type { Settings } from '../settings/settings-loader.ts';

const DEFAULT_ID = 'PUMP_0001';

const OPTIONS = {
  ...BROKER_OPTIONS,
  auto: { type: 'boolean', default: false },
  habits: { type: 'string', default: 'none' },
  v0: { type: 'boolean', default: false },
  'rate-hz': { type: 'string', default: '1' },
  state: { type: 'string' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const habitWidth = Math.max(...Object.keys(HABITS).map((name) => name.length));
const habitList = Object.entries(HABITS)
  .map(([name, { per, chance, meaning }]) => `  ${name.padEnd(habitWidth)}  ${meaning} [${chance} a ${per}]`)
  .join('\n');

const HELP = `perista device [ID] is an infusion pump that exists in this process alone and speaks MQTT as a real one does. [${DEFAULT_ID}]

${BROKER_HELP}
  --auto                somebody beside it accepts what it is asked; the end of stdin does not switch it off
  --habits a,b=0.5      with --auto: bad habits and their chances, "all" or "none" [none]
  --v0                  plain payloads, without header, ids and acknowledgements
  --rate-hz N           messages of progress a second [1]
  --state FILE          what it knows after a power cut [devices/ID.json in the data folder]
  --verbose             print all that it tells

Type:
${TYPED_HELP}

Habits:
${habitList}
`;

interface Order {
  readonly id: string;
  readonly access: BrokerAccess;
  readonly isAutomatic: boolean;
  readonly habits: Habits;
  readonly dialect: Dialect;
  readonly periodMs: number;
  readonly stateFile: string;
  readonly isVerbose: boolean;
}

/** `perista device`: one emulated infusion device with a person at its keys. */
export async function device(args: readonly string[]): Promise<number> {
  process.title = 'perista device';
  const stop = stopRequest();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const loaded = settingsOrTellMistakes([]);
  if (loaded === undefined) return EXIT.wrongSettings;
  const order = readOrder(args, loaded.settings);
  if (typeof order === 'string') {
    process.stderr.write(`perista: ${order}; see perista device --help\n`);
    return EXIT.wrongSettings;
  }
  try {
    return await run(order, stop);
  } catch (thrown) {
    if (!isPeristaError(thrown)) throw thrown;
    process.stderr.write(`perista: ${thrown.message} (${thrown.code})\n`);
    return EXIT.failed;
  }
}

async function run(order: Order, stop: Promise<string>): Promise<number> {
  const { id, access, isAutomatic, habits, dialect, periodMs, stateFile, isVerbose } = order;
  const screen = new DeviceScreen(id, { isVerbose });
  const ports = {
    clock: hostClock(globalThis),
    random: hostRandom(globalThis.crypto),
    broker: mqttJsBroker(access),
  };
  const onHappening = screen.show.bind(screen);
  const options = { id, memory: fileDeviceMemory(stateFile), dialect, periodMs, habits, onHappening };
  const whole = isAutomatic ? new AutomaticDevice(ports, options) : new InfusionDevice(ports, options);
  const beside = whole instanceof AutomaticDevice ? whole.device : whole;
  screen.say(`${id} at ${access.url}; "help" lists what you can do`);
  whole.start();
  const typed = screen.read((line) => {
    const words = actOnTyped(beside, line);
    if (words) screen.say(words);
    return words !== null;
  });
  const isEnough = typed.then((reason) => (isAutomatic && reason === 'end' ? stop : reason));
  await Promise.race([stop, isEnough]);
  screen.close();
  await whole.stop();
  process.stdout.write(`${id} is switched off\n`);
  return EXIT.ok;
}

/** What is wanted, or what is wrong with it. */
function readOrder(args: readonly string[], settings: Settings): Order | string {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [id = DEFAULT_ID, ...more] = positionals;
    if (more.length > 0) return `device takes one ID, not ${positionals.length}`;
    const parsed = DeviceId.safeParse(id);
    if (!parsed.success) return `ID ${parsed.error.issues[0]?.message}, not "${id}"`;
    const access = brokerAccess(values, settings);
    if (typeof access === 'string') return access;
    const habits = parseHabits(values.habits);
    if (typeof habits === 'string') return habits;
    if (Object.keys(habits).length > 0 && !values.auto) return '--habits are those of --auto';
    return {
      id,
      access,
      habits,
      isAutomatic: values.auto,
      dialect: values.v0 ? 'v0' : 'v1',
      periodMs: 1_000 / readRate(values['rate-hz']),
      stateFile: values.state ?? join(settings.dataDir, 'devices', `${id}.json`),
      isVerbose: values.verbose,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
