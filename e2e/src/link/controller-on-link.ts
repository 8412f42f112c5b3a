import {
  argon2Hasher,
  type Controller,
  fetchHttpOut,
  NOTHING_SET,
  NodeSqliteStore,
  nodeEventLoopLag,
  nodemailerMailOut,
  startController,
  zmqDealerFrames,
} from '@perista/controller';
import { hostClock, hostRandom, silentLog } from '@perista/core';
import { emulatedPumps } from 'perista';
import { afterEach } from 'vitest';
import { ApiClient, PASSWORD } from '../harness/index.ts';
import { PUMP } from './emulated-agent.ts';

const running: Controller[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((controller) => controller.stop()));
});

export interface LinkedController {
  readonly controller: Controller;
  /** Logged in as admin. */
  readonly api: ApiClient;
}

/** The real controller with one pump, on a database file that outlives it, linked to `endpoint`. */
export async function controllerOn(endpoint: string, databaseFile: string): Promise<LinkedController> {
  const controller = await startController({
    clock: hostClock(globalThis),
    random: hostRandom(globalThis.crypto),
    log: silentLog,
    store: new NodeSqliteStore(databaseFile),
    openFrames: () => zmqDealerFrames(endpoint, silentLog),
    hasher: argon2Hasher(),
    outside: { http: fetchHttpOut, mail: nodemailerMailOut },
    eventLoopLag: nodeEventLoopLag(),
    http: { host: '127.0.0.1', port: 0 },
    version: 'test',
    settings: NOTHING_SET,
    brokerOf: () => null,
    adminPassword: PASSWORD,
    channelCount: 6,
    emulated: true,
    timeSource: { bootId: 'test', isSynchronised: () => true },
    site: { timezone: 'Europe/Warsaw', doserId: 'doser' },
    firstPumps: emulatedPumps().filter(({ id }) => id === PUMP),
  });
  running.push(controller);
  const api = new ApiClient(controller.url);
  await api.login(PASSWORD);
  return { controller, api };
}
