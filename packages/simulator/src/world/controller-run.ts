import {
  assembleController,
  type ControllerServices,
  type Hasher,
  type MqttBroker,
  NOTHING_SET,
  outletsOf,
  startUnit,
  type Unit,
} from '@perista/controller';
import { isPeristaError, type Log, seededRandom } from '@perista/core';
import { statusMessage } from '@perista/protocol/mqtt';
import type { ProcessName } from '../checker/happening.ts';
import { PASSWORD } from '../checker/secrets.ts';
import { fencedBroker } from '../outside/fenced-broker.ts';
import { DOSER } from '../outside/mqtt-users.ts';
import { NOBODY_OUTSIDE, REMOTE_LOG } from '../outside/outside-plan.ts';
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
  /** Both connections to the MQTT broker are up; true where there is none. */
  isBridged(): boolean;
  /** What the unit says of its pumps now, as it would tell it over MQTT, by pump. */
  statuses(pumpIds: Iterable<string>): Iterable<readonly [pumpId: string, status: string]>;
  /** Asks as a user does; `none` if the run ends before it has answered. */
  ask<Value>(question: (door: UnitDoor) => Promise<Answer<Value>>): Promise<Answer<Value>>;
}

/** As strict as the real one, and costs nothing. */
const hasher: Hasher = {
  hash: async (password) => `plain:${password}`,
  verify: async (hash, password) => hash === `plain:${password}`,
};

interface State {
  isReady: boolean;
  unit: Unit | null;
  bridge: Pick<NonNullable<ReturnType<typeof outletsOf>['bridge']>, 'isConnected' | 'trouble'> | null;
}

interface RunOptions {
  readonly run: number;
  readonly process: ProcessName;
  /** A copy of the database instead of the database. */
  readonly file: string | undefined;
}

/** Starts the real controller in the world; it may die on the way. */
export function startControllerRun(world: Surroundings, { run, process, file }: RunOptions): ControllerRun {
  const chance = world.chance(`controller ${run}`);
  const life = new Life((thrown) => world.onBug(process, thrown));
  const died = Promise.withResolvers<Answer<never>>();
  life.onEnd(() => {
    world.tell({ kind: 'process-ended', process, run });
    died.resolve({ kind: 'none' });
  });
  const state: State = { isReady: false, unit: null, bridge: null };
  const door = Promise.withResolvers<UnitDoor>();
  const begin = async () => {
    const { composition, plan } = world;
    const plain = processClock(world.clock, life, { originMs: Math.floor(chance.unit() * 1e9), drift: 0 });
    const opened = world.ledger.storeFor(life, file);
    const log = listeningLog(world);
    const { bootId } = world.machineTime;
    const timeSource = { bootId, isSynchronised: () => world.machineTime.isSynchronised };
    const isMain = process === 'controller';
    const isTelling = isMain && plan.outside !== NOBODY_OUTSIDE;
    const waysOut = world.peers.waysOut(life);
    const outside = composition.outside?.(waysOut) ?? waysOut;
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
      site: { timezone: 'Europe/Warsaw', doserId: DOSER },
      eventLoopLag: { takeLongestS: () => 0 },
      hasher,
      adminPassword: PASSWORD,
      host: '127.0.0.1',
      // Nobody in a world reads how the API is used; to tell it is a third of a start.
      isDescribed: false,
      outside,
      settings: NOTHING_SET,
      brokerOf: () => null,
      troublesOutside: () => [state.bridge?.trouble ?? null],
      ...(isMain && plan.outside.hasRemoteLog && { remoteLog: { target: REMOTE_LOG, http: outside.http } }),
    };
    // What is owed is read before the first of it can be told: a unit may begin to tell as it starts.
    if (isTelling) world.onTelling();
    const isServed = plan.door === 'http' && isMain;
    const served = isServed ? await world.timeless(assembleController(ports)) : null;
    const unit = served?.unit ?? startUnit(ports);
    if (life.isOver) return;
    state.unit = unit;
    unit.bus.subscribe(world, 'event', ({ seq }) => {
      if (!life.isOver && isMain) world.tell({ kind: 'event-told', run, seq });
    });
    const services: ControllerServices = composition.services?.(unit.services) ?? unit.services;
    const outlets = isTelling ? outletsOf({ ...unit, services }, { ...ports, ...brokerOf(world, life) }) : null;
    // Of a database that was blank just now, nothing could be read before.
    if (isTelling) world.onTelling();
    outlets?.told.start();
    outlets?.feed.start();
    outlets?.bridge?.start();
    state.bridge = outlets?.bridge ?? null;
    state.isReady = true;
    world.tell({ kind: 'process-ready', process, run });
    const notifications = outlets?.told.service ?? null;
    door.resolve(
      served === null ? serviceDoor(services, notifications) : httpDoor(served.app, world.browser, PASSWORD),
    );
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
    isBridged: () => state.bridge?.isConnected !== false,
    statuses: (pumpIds) => (state.unit === null ? [] : statusesOf(state.unit, pumpIds)),
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

function* statusesOf({ services: { pumps, history } }: Unit, pumpIds: Iterable<string>) {
  for (const pumpId of pumpIds) {
    const todayMl = history.ofPump(pumpId, 1).days.at(-1)?.lo_ml ?? 0;
    yield [pumpId, JSON.stringify(statusMessage(pumps.get(pumpId), null, todayMl))] as const;
  }
}

/** The broker as this run has it, if the unit has one. */
function brokerOf({ mqttUsers, composition }: Surroundings, life: Life): { readonly broker?: MqttBroker } {
  if (mqttUsers === null) return {};
  const broker = fencedBroker(mqttUsers.broker, life, (arrival) => mqttUsers.onArrival(arrival));
  return { broker: composition.broker?.(broker) ?? broker };
}

function listeningLog(world: Surroundings): Log {
  const hear = (fields: object, message: string) =>
    world.tell({ kind: 'logged', text: `${message} ${JSON.stringify(fields)}` });
  return { debug() {}, info: hear, warn: hear, error: hear };
}
