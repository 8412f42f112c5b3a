import { parseArgs } from 'node:util';
import type { BrokerAccess } from '@perista/controller/mqtt';
import { DeviceId, type Dialect } from '@perista/protocol/fleet';
import { crowdId, type Habits, parseHabits } from '@perista/simulator/infusion-device';
import { BROKER_HELP, BROKER_OPTIONS, type BrokerSettings, brokerAccess } from './broker-options.ts';
import { readCount, readRate } from './number-options.ts';

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

export const CROWD_HELP = `perista devices is a crowd of emulated infusion pumps, each with somebody beside it who accepts what it is asked.

${BROKER_HELP}
  --count N             how many [10]
  --prefix TEXT         in front of 0001, 0002 and so on [PUMP_]
  --rate-hz N           messages of progress a second, of each [1]
  --infusing            all of them run from the beginning, begun at the device itself
  --habits a,b=0.5      bad habits and their chances, "all" or "none" [none]; perista device --help lists them
  --v0                  plain payloads, without header, ids and acknowledgements
`;

interface CrowdOrder {
  readonly access: BrokerAccess;
  readonly count: number;
  readonly prefix: string;
  readonly rateHz: number;
  readonly isInfusing: boolean;
  readonly habits: Habits;
  readonly dialect: Dialect;
}

/** What is wanted, or what is wrong with it. */
export function readCrowdOrder(args: readonly string[], settings: BrokerSettings): CrowdOrder | string {
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
