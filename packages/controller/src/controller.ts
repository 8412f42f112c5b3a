import { type Clock, type Log, PeristaError, type Random } from '@perista/core';
import type { Frames } from '@perista/protocol/link';
import { AgentClient } from './agent-link/agent-client.ts';
import { AgentWatch } from './agent-link/agent-watch.ts';
import { AuthService } from './auth/auth-service.ts';
import type { Hasher } from './auth/hasher.ts';
import { inBackground, tolerant } from './background.ts';
import { DoseDispatcher } from './dosing/dose-dispatcher.ts';
import { DoseService } from './dosing/dose-service.ts';
import { DoseWithdrawal } from './dosing/dose-withdrawal.ts';
import { Reconciler } from './dosing/reconciler.ts';
import { RunningDoses } from './dosing/running-doses.ts';
import { Settlement } from './dosing/settlement.ts';
import { EventBus } from './events/event-bus.ts';
import { StoredEventLog } from './events/event-log.ts';
import { HealthService } from './health/health-service.ts';
import type { App } from './http/app.ts';
import { buildHttpServer } from './http/http-server.ts';
import { ChargeClock } from './ledger/charge-clock.ts';
import { DoseStore } from './ledger/dose-store.ts';
import { Facts } from './ledger/facts.ts';
import { TimeKeeper } from './ledger/time-keeper.ts';
import { type FirstPump, insertFirstPumps } from './pumps/first-pumps.ts';
import { PumpLocks } from './pumps/pump-locks.ts';
import { PumpSensors } from './pumps/pump-sensors.ts';
import { PumpService } from './pumps/pump-service.ts';
import { PumpStore } from './pumps/pump-store.ts';
import { UnitConfigSync } from './pumps/unit-config-sync.ts';
import type { ControllerServices } from './services.ts';
import { EmergencyLatch } from './stops/emergency-latch.ts';
import { StopService } from './stops/stop-service.ts';
import { migrate } from './store/migrate.ts';
import { MIGRATIONS } from './store/migrations/index.ts';
import type { Store } from './store/store.ts';

/** What the dosing side needs of the world. */
export interface UnitPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Closed when the unit stops. */
  readonly store: Store;
  /** Makes a socket to the agent; called again after each loss. */
  readonly openFrames: () => Frames;
  readonly version: string;
  /** Only used while no pump was ever entered. */
  readonly firstPumps: readonly FirstPump[];
  /** The pumps are emulated, and say so. */
  readonly emulated: boolean;
}

export interface ApiPorts {
  readonly hasher: Hasher;
  readonly adminPassword?: string;
}

export interface AssemblyPorts extends UnitPorts, ApiPorts {
  /** Address under which it is reached: decides which host names are answered. */
  readonly host: string;
}

export interface ControllerPorts extends UnitPorts, ApiPorts {
  readonly http: { readonly host: string; readonly port: number };
}

export interface Controller {
  /** Where the HTTP API is served. */
  readonly url: string;
  /** Waits a moment for doses that are ending, then closes everything. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** How long a stop waits for the records of doses that the agent is bringing to rest. */
const LAST_RECORDS_MS = 2_000;

/** The controller without a port of the machine: whoever holds it calls `app.inject`, or lets it listen. */
export interface AssembledController {
  readonly app: App;
  readonly unit: Unit;
  /** Waits a moment for doses that are ending, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Ledger, dosing and their HTTP API, ready to be asked.
 * @throws PeristaError E301 if the database cannot be used, E306 for a wrong setting
 */
export async function assembleController(ports: AssemblyPorts): Promise<AssembledController> {
  const { clock, random, log, store, hasher, version, host, adminPassword } = ports;
  const unit = startUnit(ports);
  try {
    const { services } = unit;
    const password = adminPassword === undefined ? {} : { adminPassword };
    const auth = await AuthService.start({ store, hasher, clock, random, events: services.events, ...password });
    const app = await buildHttpServer({ services, auth, clock, random, log, version, host });
    const stop = async () => {
      await app.close();
      await unit.stop();
    };
    return { app, unit, stop };
  } catch (error) {
    await unit.stop();
    throw error;
  }
}

/**
 * The controller: ledger, dosing and its HTTP API, on a port.
 * @throws PeristaError E305 if the port is taken, and what {@link assembleController} throws
 */
export async function startController(ports: ControllerPorts): Promise<Controller> {
  const { host, port } = ports.http;
  const controller = await assembleController({ ...ports, host });
  const url = await controller.app.listen({ host, port }).catch(async (cause: unknown) => {
    await controller.stop();
    throw new PeristaError('E305', `Cannot listen on ${host} port ${port}: ${String(cause)}`, { cause });
  });
  let stopped: Promise<void> | undefined;
  return {
    url,
    stop: () => {
      stopped ??= controller.stop();
      return stopped;
    },
  };
}

export interface Unit {
  readonly services: ControllerServices;
  readonly bus: EventBus;
  readonly agent: AgentClient;
  stop(): Promise<void>;
}

/** The dosing side alone: everything that needs no socket of its own. */
export function startUnit(ports: UnitPorts): Unit {
  const { clock, random, log, store, version, emulated } = ports;
  migrate(store, MIGRATIONS, clock.wallMs());

  const facts = new Facts(store);
  const timeKeeper = new TimeKeeper({ clock, facts, log });
  const chargeClock = new ChargeClock(clock, timeKeeper.highWaterMs());
  const doses = new DoseStore(store);
  const pumps = new PumpStore(store);
  const locks = new PumpLocks(store);
  const latch = new EmergencyLatch(facts);
  const isStopLatched = () => latch.isLatched;
  const bus = new EventBus(log);
  const events = new StoredEventLog({ store, clock, bus, log });
  insertFirstPumps({ store, clock, random, pumps, events }, ports.firstPumps);

  const agent = new AgentClient({ clock, random, log, openFrames: ports.openFrames, facts, version, isStopLatched });
  const beat = (doseIds: readonly string[]) => inBackground(log, 'beat', agent.beat(doseIds));
  const running = new RunningDoses({ clock, bus, beat });
  const wake = () => dispatcher.kick();
  const ledger = { store, clock, log, random, doses, pumps, locks, events, chargeClock, isStopLatched };
  const configSync = new UnitConfigSync({ ...ledger, agent, wake });
  const settlement = new Settlement(ledger);
  const dosing = { ...ledger, agent, running, settlement, configSync, wake };
  const reconciler = new Reconciler(dosing);
  const dispatcher = new DoseDispatcher({ ...dosing, reconciler });
  const withdrawal = new DoseWithdrawal(dosing);
  const stops = new StopService({ ...dosing, latch, withdrawal });
  const sensors = new PumpSensors(clock);
  const watch = new AgentWatch({ ...dosing, bus, stops });

  const services: ControllerServices = {
    doses: new DoseService({ ...dosing, dispatcher, withdrawal, epoch: () => agent.epoch }),
    pumps: new PumpService({ ...dosing, withdrawal, sensors, emulated }),
    stops,
    events,
    health: new HealthService({ locks, agent, timeKeeper, version }),
  };

  timeKeeper.start();
  wake();
  agent.start({
    onDoseEnded: (record) => tolerant(log, 'settle a dose', () => reconciler.onDoseEnded(record)),
    onProgress: (progress) => running.tell(progress),
    onSensors: (news) => sensors.tell(news),
    onPresence: (presence) => watch.onPresence(presence),
    onReport: (state) => watch.onReport(state),
    onSession: (session) => reconciler.reconcile(session),
    onReady: wake,
  });

  const stop = async () => {
    if (agent.isReady) await running.waitUntilAllOver(LAST_RECORDS_MS);
    dispatcher.stop();
    running.stop();
    await agent.stop();
    tolerant(log, 'write the time', () => timeKeeper.stop());
    store.close();
  };
  return { services, bus, agent, stop };
}
