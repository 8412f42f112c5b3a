import type { Clock, Log, Random } from '@perista/core';
import type { Frames } from '@perista/protocol/link';
import { AgentClient } from './agent-link/agent-client.ts';
import { AgentWatch } from './agent-link/agent-watch.ts';
import { LEASE_MS } from './agent-link/leases.ts';
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
import { ChargeClock } from './ledger/charge-clock.ts';
import { DoseStore } from './ledger/dose-store.ts';
import { type DoseTotal, doseTotals } from './ledger/dose-totals.ts';
import { Facts } from './ledger/facts.ts';
import { HistoryService } from './ledger/history-service.ts';
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
import { ChannelCalibration } from './weekly-plan/channel-calibration.ts';
import { ChannelPlanStore } from './weekly-plan/channel-plan-store.ts';
import { DosingUnitService } from './weekly-plan/dosing-unit-service.ts';
import { SlotExecutor } from './weekly-plan/slot-executor.ts';

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

/** How long a stop waits for the records of doses that the agent is bringing to rest. */
const LAST_RECORDS_MS = 2_000;

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

  const orders = new DoseService({ ...dosing, dispatcher, withdrawal, epoch: () => agent.epoch });
  const pumpViews = new PumpService({ ...dosing, withdrawal, sensors, emulated });
  const plans = new ChannelPlanStore(store);
  const executor = new SlotExecutor({ clock, log, pumps, plans, doses: orders, timeKeeper, events });
  const calibration = new ChannelCalibration(dosing);
  const channels = { ...dosing, plans, calibration, pumpViews, orders, executor, timezone: site.timezone };

  const services: ControllerServices = {
    doses: orders,
    dosingUnit: new DosingUnitService(channels),
    pumps: pumpViews,
    stops,
    events,
    health: new HealthService({ locks, agent, timeKeeper, version }),
    history: new HistoryService({ store, clock, pumps, timezone: site.timezone }),
    about: new AboutService({ clock, version, emulated, site }),
  };

  executor.look();
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
    executor.stop();
    dispatcher.stop();
    if (agent.isReady) await running.waitUntilAllOver(LAST_RECORDS_MS);
    running.stop();
    await agent.stop();
    tolerant(log, 'write the time', () => timeKeeper.stop());
    store.close();
  };
  return { services, bus, agent, doseTotals: () => doseTotals(store), stop };
}
