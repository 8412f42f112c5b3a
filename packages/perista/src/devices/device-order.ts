import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrokerAccess } from '@perista/controller/mqtt';
import { DeviceId, type Dialect } from '@perista/protocol/fleet';
import { HABITS, type Habits, parseHabits } from '@perista/simulator/infusion-device';
import { BROKER_HELP, BROKER_OPTIONS, type BrokerSettings, brokerAccess } from './broker-options.ts';
import { TYPED_HELP } from './device-console.ts';
import { readRate } from './number-options.ts';

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

export const DEVICE_HELP = `perista device [ID] is an infusion pump that exists in this process alone and speaks MQTT as a real one does. [${DEFAULT_ID}]

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

export interface DeviceOrder {
  readonly id: string;
  readonly access: BrokerAccess;
  readonly isAutomatic: boolean;
  readonly habits: Habits;
  readonly dialect: Dialect;
  readonly periodMs: number;
  readonly stateFile: string;
  readonly isVerbose: boolean;
}

/** What is wanted, or what is wrong with it. */
export function readDeviceOrder(args: readonly string[], settings: BrokerSettings): DeviceOrder | string {
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
