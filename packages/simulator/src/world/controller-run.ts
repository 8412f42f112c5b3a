import {
  assembleController,
  type ControllerServices,
  type Hasher,
  NOTHING_SET,
  type Outside,
  startUnit,
  type Unit,
} from '@perista/controller';
import { isPeristaError, type Log, seededRandom } from '@perista/core';
import type { ProcessName } from '../checker/happening.ts';
import { PASSWORD } from '../checker/secrets.ts';
import { httpDoor } from './http-door.ts';
import { Life } from './life.ts';
import { processClock } from './process-clock.ts';
import { serviceDoor } from './service-door.ts';
import type { Surroundings } from './surroundings.ts';
import type { Answer, UnitDoor } from './unit-door.ts';

/** One run of the controller. */
export interface ControllerRun {
  readonly life: Life;
  readonly run: number;
  readonly isReady: boolean;
  /** Motion may be ordered. */
  isLinked(): boolean;
  /** Asks as a user does; `none` if the run ends before it has answered. */
  ask<Value>(question: (door: UnitDoor) => Promise<Answer<Value>>): Promise<Answer<Value>>;
}

/** As strict as the real one, and costs nothing. */
const hasher: Hasher = {
  hash: async (password) => `plain:${password}`,
  verify: async (hash, password) => hash === `plain:${password}`,
};

interface RunOptions {
  readonly run: number;
  readonly process: ProcessName;
  /** A copy of the database instead of the database. */
  readonly file: string | undefined;
}

/** No notice leaves the world. */
const NOBODY_OUTSIDE: Outside = {
  http: { post: async () => ({ kind: 'silent', reason: 'there is nobody' }) },
  mail: { send: async () => 'there is nobody' },
};

/** Starts the real controller in the world; it may die on the way. */
export function startControllerRun(world: Surroundings, { run, process, file }: RunOptions): ControllerRun {
  const chance = world.chance(`controller ${run}`);
  const life = new Life((thrown) => world.onBug(process, thrown));
  const died = Promise.withResolvers<Answer<never>>();
  life.onEnd(() => {
    world.tell({ kind: 'process-ended', process, run });
    died.resolve({ kind: 'none' });
  });
  const state: { isReady: boolean; unit: Unit | null } = { isReady: false, unit: null };
  const door = Promise.withResolvers<UnitDoor>();
  const begin = async () => {
    const { composition, plan } = world;
    const plain = processClock(world.clock, life, { originMs: Math.floor(chance.unit() * 1e9), drift: 0 });
    const opened = world.ledger.storeFor(life, file);
    const log = listeningLog(world);
    const { bootId } = world.machineTime;
    const timeSource = { bootId, isSynchronised: () => world.machineTime.isSynchronised };
    const ports = {
      clock: composition.controllerClock?.(plain) ?? plain,
      random: seededRandom(Math.floor(chance.unit() * 2 ** 32)),
      log: composition.log?.(log) ?? log,
      store: composition.store?.(opened) ?? opened,
      openFrames: () => world.link.openControllerEnd(life),
      version: 'simulated',
      firstPumps: plan.firstPumps,
      channelCount: 6,
      emulated: true,
      timeSource: composition.timeSource?.(timeSource) ?? timeSource,
      site: { timezone: 'Europe/Warsaw', doserId: 'doser' },
      eventLoopLag: { takeLongestS: () => 0 },
      hasher,
      adminPassword: PASSWORD,
      host: '127.0.0.1',
      outside: NOBODY_OUTSIDE,
      settings: NOTHING_SET,
      brokerOf: () => null,
    };
    const isServed = plan.door === 'http' && process === 'controller';
    const served = isServed ? await world.timeless(assembleController(ports)) : null;
    const unit = served?.unit ?? startUnit(ports);
    if (life.isOver) return;
    state.unit = unit;
    unit.bus.subscribe(world, 'event', ({ seq }) => {
      if (!life.isOver && process === 'controller') world.tell({ kind: 'event-told', run, seq });
    });
    state.isReady = true;
    world.tell({ kind: 'process-ready', process, run });
    const services: ControllerServices = composition.services?.(unit.services) ?? unit.services;
    door.resolve(served === null ? serviceDoor(services) : httpDoor(served.app, world.browser, PASSWORD));
  };
  begin().catch((thrown: unknown) => {
    if (isPeristaError(thrown)) life.end();
    else life.fail(thrown);
  });
  return {
    life,
    run,
    get isReady() {
      return state.isReady;
    },
    isLinked: () => state.unit?.agent.isReady === true,
    ask: (question) =>
      Promise.race([
        door.promise.then(question).catch((thrown: unknown): Answer<never> => {
          life.fail(thrown);
          return { kind: 'none' };
        }),
        died.promise,
      ]),
  };
}

function listeningLog(world: Surroundings): Log {
  const hear = (fields: object, message: string) =>
    world.tell({ kind: 'logged', text: `${message} ${JSON.stringify(fields)}` });
  return { debug() {}, info: hear, warn: hear, error: hear };
}
