import { type DriverPorts, driverSource, startAgent } from '@perista/agent';
import { type Clock, PeristaError, seededRandom, silentLog } from '@perista/core';
import { GuardedRelayBank, type RelayBank, type SerialLine, type SerialPort } from '@perista/drivers';
import type { PeerFrames } from '@perista/protocol/link';
import { fakeLine } from '../line/fake-line.ts';
import type { PassFrame } from './composition.ts';
import { Life } from './life.ts';
import { processClock } from './process-clock.ts';
import type { Surroundings } from './surroundings.ts';

const BAUD = 38_400;

/** One run of the agent. */
export interface AgentRun {
  readonly life: Life;
  readonly run: number;
  readonly isReady: boolean;
}

/** Starts the real agent with the real drivers in the world; it may die on the way. */
export function startAgentRun(world: Surroundings, run: number): AgentRun {
  const chance = world.chance(`agent ${run}`);
  const life = new Life((thrown) => world.onBug('agent', thrown));
  const state = { life, run, isReady: false };
  life.onEnd(() => world.tell({ kind: 'process-ended', process: 'agent', run }));
  const { composition } = world;
  const plain = processClock(world.clock, life, {
    originMs: Math.floor(chance.unit() * 1e9),
    drift: 2e-4 * (chance.unit() - 0.5),
  });
  const clock = composition.agentClock?.(plain) ?? plain;
  const storage = world.medium.storageFor(life);
  const drivers: DriverPorts = {
    clock,
    log: silentLog,
    openLine: (lineId) => lineOf(world, life, lineId),
    ...(world.relays !== null && { openRelays: () => bankOf(world, life, clock) }),
  };
  const agent = startAgent({
    ...drivers,
    random: seededRandom(Math.floor(chance.unit() * 2 ** 32)),
    version: 'simulated',
    storage: composition.journal?.(storage) ?? storage,
    openFrames: async () => passing(await world.link.openAgentEnd(life), composition.down?.(), composition.up?.()),
    onBroken: (bug) => {
      world.onBug('agent', bug);
      life.end();
    },
    ...(composition.driver !== undefined && {
      createDriver: composition.driver(driverSource(drivers).create),
    }),
  });
  agent.then(
    () => {
      if (life.isOver) return;
      state.isReady = true;
      world.tell({ kind: 'process-ready', process: 'agent', run });
    },
    (thrown: unknown) => {
      if (!(thrown instanceof PeristaError)) world.onBug('agent', thrown);
      life.end();
    },
  );
  return state;
}

function bankOf(world: Surroundings, life: Life, clock: Clock): RelayBank {
  const bank = new GuardedRelayBank({
    channels: world.relays?.channels ?? 0,
    startGuard: () => life.act(() => world.startGuard(life)),
    clock,
    log: silentLog,
  });
  return world.composition.bank?.(bank) ?? bank;
}

function lineOf(world: Surroundings, life: Life, lineId: string): SerialLine | undefined {
  const boards = world.plan.pumps.filter(({ id, line }) => (line ?? id) === lineId).map(({ id }) => world.board(id));
  if (boards.length === 0) return undefined;
  const open = () =>
    life.act((): SerialPort => {
      const port = fakeLine(boards, world.clock);
      const fenced: SerialPort = {
        write: (bytes) => life.act(() => port.write(bytes)),
        onData: (listener) =>
          port.onData((bytes) => {
            const hear = () => life.hear(() => listener(bytes));
            if (world.lineLagMs === 0) hear();
            else world.clock.after(world.lineLagMs, hear);
          }),
        onClose: (listener) => port.onClose(() => life.hear(listener)),
        close: () => life.act(() => port.close()),
      };
      return world.composition.port?.(fenced) ?? fenced;
    });
  return { open, baud: BAUD };
}

function passing(frames: PeerFrames, down?: PassFrame, up?: PassFrame): PeerFrames {
  if (down === undefined && up === undefined) return frames;
  return {
    send: (peer, frame) => {
      const passed = up === undefined ? frame : up(frame);
      return passed === null || frames.send(peer, passed);
    },
    onFrame: (listener) =>
      frames.onFrame((peer, frame) => {
        const passed = down === undefined ? frame : down(frame);
        if (passed !== null) listener(peer, passed);
      }),
    close: () => frames.close(),
  };
}
