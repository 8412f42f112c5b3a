import { join } from 'node:path';
import { type Agent, FileJournalStorage, startAgent, zmqRouterFrames } from '@perista/agent';
import { hostClock, hostRandom, seededRandom, silentLog } from '@perista/core';
import { boardOf, DEFAULT_EMULATED_PUMPS, type EmulatedBoard, fakeLine } from '@perista/simulator';
import { afterEach } from 'vitest';
import { tempFolder } from '../harness/temp-folder.ts';
import { until } from '../harness/until.ts';
import type { RawController } from './raw-controller.ts';

export const PUMP = 'ph-down';
const clock = hostClock(globalThis);
const running: Agent[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((agent) => agent.stop()));
});

/** One emulated board with its line, a journal folder and an endpoint: what stays when its agent goes. */
export interface Bench {
  readonly endpoint: string;
  readonly board: EmulatedBoard;
  /** Starts the real agent on it. */
  start(): Promise<Agent>;
}

/** `listenAt` is the endpoint where its agents listen, by default an ipc path in the bench's own folder. */
export function emulatedBench(listenAt?: string): Bench {
  const [pump] = DEFAULT_EMULATED_PUMPS;
  if (pump === undefined) throw new Error('there is an emulated pump');
  const folder = tempFolder();
  const endpoint = listenAt ?? `ipc://${join(folder, 'agent.ipc')}`;
  const board = boardOf(pump, { clock, random: seededRandom(1) });
  return {
    endpoint,
    board,
    async start() {
      const agent = await startAgent({
        clock,
        random: hostRandom(globalThis.crypto),
        log: silentLog,
        version: 'test',
        storage: new FileJournalStorage(join(folder, 'agent')),
        openLine: () => ({ open: async () => fakeLine([board], clock), baud: pump.baud }),
        openFrames: () => zmqRouterFrames(endpoint, silentLog),
        onBroken: (bug) => {
          throw bug;
        },
      });
      running.push(agent);
      return agent;
    },
  };
}

/** Longer than the rest between two chunks. */
const REST_MS = 700;

/** Waits until the motion is over, and not only a chunk of it. */
export function motionOver({ board }: Bench, limitMs: number): Promise<boolean> {
  let turned = board.truth().revolutions;
  let sinceMs = performance.now();
  return until(
    () => {
      const { revolutions, moving } = board.truth();
      if (moving || revolutions !== turned) sinceMs = performance.now();
      turned = revolutions;
      return performance.now() - sinceMs > REST_MS;
    },
    limitMs,
    'the shaft rests for longer than between two chunks',
  );
}

/** The bench's pump, as the controller configures it. */
export const pumpConfig = {
  pumpId: PUMP,
  lineId: PUMP,
  address: 0xe0,
  microstep: 64,
  stepsPerRev: 200,
  dialect: 'auto',
  singleMl: 100,
  durationS: 3600,
};

/** Tells the agent which pump it has. */
export const configure = (controller: RawController) =>
  controller.ask({ case: 'putUnitConfig', value: { configHash: 'one-pump', pumps: [pumpConfig] } });
