import { type Clock, type Log, PeristaError, type Random } from '@perista/core';
import type { Frames } from '@perista/protocol/link';
import { AgentClient } from './agent-link/agent-client.ts';
import { AgentWatch } from './agent-link/agent-watch.ts';
import { LEASE_MS } from './agent-link/leases.ts';
import { startAccounts } from './auth/accounts.ts';
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
import { AboutService } from './health/about-service.ts';
import { HealthService } from './health/health-service.ts';
import { buildHttpServer } from './http/http-server.ts';
import { originGuard } from './http/origin-guard.ts';
import { ChargeClock } from './ledger/charge-clock.ts';
import { DoseStore } from './ledger/dose-store.ts';
import { type DoseTotal, doseTotals } from './ledger/dose-totals.ts';
import { Facts } from './ledger/facts.ts';
import { HistoryService } from './ledger/history-service.ts';
import { TimeKeeper } from './ledger/time-keeper.ts';
import { LiveFeed } from './live/live-feed.ts';
import { SocketIoGateway } from './live/socket-io-gateway.ts';
import type { EventLoopLag } from './metrics/event-loop-lag.ts';
import { UnitMetrics } from './metrics/unit-metrics.ts';
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
  /** IANA zone of the place, and the name by which others know the unit. */
  readonly site: { readonly timezone: string; readonly doserId: string };
}

export interface ControllerPorts extends UnitPorts {
  readonly hasher: Hasher;
  readonly eventLoopLag: EventLoopLag;
  readonly http: { readonly host: string; readonly port: number };
  /** Where the built GUI lies; without it only the API is served. */
  readonly webFolder?: string;
  readonly adminPassword?: string;
}

export interface Controller {
  /** Where the HTTP API is served. */
  readonly url: string;
  /** Waits a moment for doses that are ending, then closes everything. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** How long a stop waits for the records of doses that the agent is bringing to rest. */
const LAST_RECORDS_MS = 2_000;

/**
 * The controller: ledger, dosing, its HTTP API and what is told live.
 * @throws PeristaError E301 if the database cannot be used, E305 if the port is taken, E306 for a wrong setting
 */
export async function startController(ports: ControllerPorts): Promise<Controller> {
  const { clock, random, log, store, hasher, version, http, adminPassword, eventLoopLag } = ports;
  const unit = startUnit(ports);
  try {
    const { services, bus, agent, doseTotals } = unit;
    const isAgentPresent = () => agent.presence.kind === 'present';
    const password = adminPassword === undefined ? {} : { adminPassword };
    const { events } = services;
    const accounts = await startAccounts({ store, hasher, clock, random, log, bus, events, ...password });
    const metrics = new UnitMetrics({ services, bus, doseTotals, isAgentPresent, eventLoopLag, version });
    const webFolder = ports.webFolder === undefined ? {} : { webFolder: ports.webFolder };
    const origin = { boundHost: http.host };
    const server = await buildHttpServer({
      services,
      accounts,
      metrics,
      clock,
      random,
      log,
      version,
      origin,
      ...webFolder,
    });
    const live = new SocketIoGateway({
      clock,
      log,
      server: server.server,
      guard: originGuard(origin),
      logins: accounts.logins,
      feed: new LiveFeed({ clock, log, bus, services, isAgentPresent }),
    });
    metrics.watch(live);
    live.start();
    const url = await server.listen({ host: http.host, port: http.port }).catch((cause: unknown) => {
      throw new PeristaError('E305', `Cannot listen on ${http.host} port ${http.port}: ${String(cause)}`, { cause });
    });
    const stop = async () => {
      await live.stop();
      await server.close();
      await unit.stop();
    };
    let stopped: Promise<void> | undefined;
    return {
      url,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await unit.stop();
    throw error;
  }
}

export interface Unit {
  readonly services: ControllerServices;
  readonly bus: EventBus;
  readonly agent: AgentClient;
  /** All doses that are over, summed up. */
  readonly doseTotals: () => DoseTotal[];
  stop(): Promise<void>;
}

/** The dosing side alone: everything that needs no socket of its own. */
export function startUnit(ports: UnitPorts): Unit {
  const { clock, random, log, store, version, emulated, site } = ports;
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
  const beat = (doseIds: readonly string[]) => inBackground(log, 'beat', agent.beat(doseIds, LEASE_MS));
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
    history: new HistoryService({ store, clock, pumps, timezone: site.timezone }),
    about: new AboutService({ clock, version, emulated, site }),
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
  return { services, bus, agent, doseTotals: () => doseTotals(store), stop };
}
