import type { Clock, Log, Random } from '@perista/core';
import type { Frames } from '@perista/protocol/link';
import { AgentClient } from './agent-link/agent-client.ts';
import { AgentWatch } from './agent-link/agent-watch.ts';
import { LEASE_MS } from './agent-link/leases.ts';
import { inBackground, tolerant } from './background.ts';
import { CalibrationService } from './calibration/calibration-service.ts';
import { CalibrationStore } from './calibration/calibration-store.ts';
import { CalibrationReminder } from './calibration/reminder.ts';
import { SessionStore } from './calibration/session-store.ts';
import { ContainerBook } from './containers/container-book.ts';
import { ContainerEntryStore } from './containers/container-entry-store.ts';
import { ContainerForecasts } from './containers/container-forecasts.ts';
import { ContainerService } from './containers/container-service.ts';
import { ContainerStore } from './containers/container-store.ts';
import { DoseDispatcher } from './dosing/dose-dispatcher.ts';
import { DoseService } from './dosing/dose-service.ts';
import { DoseWithdrawal } from './dosing/dose-withdrawal.ts';
import { Reconciler } from './dosing/reconciler.ts';
import { RunningDoses } from './dosing/running-doses.ts';
import { Settlement } from './dosing/settlement.ts';
import { Turns } from './dosing/turns.ts';
import { WaitingList } from './dosing/waiting-list.ts';
import { EventBus } from './events/event-bus.ts';
import { StoredEventLog } from './events/event-log.ts';
import { AboutService } from './health/about-service.ts';
import { HealthService } from './health/health-service.ts';
import { CalendarClock } from './ledger/calendar-clock.ts';
import { ChargeClock } from './ledger/charge-clock.ts';
import { DoseStore } from './ledger/dose-store.ts';
import { type DoseTotal, doseTotals } from './ledger/dose-totals.ts';
import { Facts } from './ledger/facts.ts';
import { HistoryService } from './ledger/history-service.ts';
import { RealTimeClock } from './ledger/real-time-clock.ts';
import { TimeKeeper, type TimeSource } from './ledger/time-keeper.ts';
import { TimeService } from './ledger/time-service.ts';
import type { HttpOut } from './outgoing/http-out.ts';
import { NextDoses } from './planning/next-doses.ts';
import { PlanService } from './planning/plan-service.ts';
import { plannedBy } from './planning/planned-doses.ts';
import { type FirstPump, insertFirstPumps } from './pumps/first-pumps.ts';
import { PumpLocks } from './pumps/pump-locks.ts';
import { PumpSensors } from './pumps/pump-sensors.ts';
import { PumpService } from './pumps/pump-service.ts';
import { PumpStore } from './pumps/pump-store.ts';
import { UnitConfigSync } from './pumps/unit-config-sync.ts';
import { RemoteLog, type RemoteLogTarget } from './remote-log/remote-log.ts';
import { DueExecutor } from './schedules/due-executor.ts';
import { ScheduleService } from './schedules/schedule-service.ts';
import { ScheduleSource } from './schedules/schedule-source.ts';
import { ScheduleStore } from './schedules/schedule-store.ts';
import { SeparationService } from './separation/separation-service.ts';
import { SeparationStore } from './separation/separation-store.ts';
import type { ControllerServices } from './services.ts';
import { EmergencyLatch } from './stops/emergency-latch.ts';
import { StopService } from './stops/stop-service.ts';
import { migrate } from './store/migrate.ts';
import { MIGRATIONS } from './store/migrations/index.ts';
import type { Store } from './store/store.ts';
import { ImageTakeOver } from './unit-image/image-take-over.ts';
import { UnitImageSync } from './unit-image/unit-image-sync.ts';
import { ChannelCalibration } from './weekly-plan/channel-calibration.ts';
import { adoptChannelCount } from './weekly-plan/channel-count.ts';
import { ChannelDrafts } from './weekly-plan/channel-drafts.ts';
import { ChannelPlanSource } from './weekly-plan/channel-plan-source.ts';
import { ChannelPlanStore } from './weekly-plan/channel-plan-store.ts';
import { DosingUnitService } from './weekly-plan/dosing-unit-service.ts';

/** What the dosing side needs of the world. */
export interface UnitPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly timeSource: TimeSource;
  /** Closed when the unit stops. */
  readonly store: Store;
  /** Makes a socket to the agent; called again after each loss. */
  readonly openFrames: () => Frames;
  readonly version: string;
  /** Only used while no pump was ever entered. */
  readonly firstPumps: readonly FirstPump[];
  /** Channels that share the half days of weekly plans, 1 to 6. */
  readonly channelCount: number;
  /** The pumps are emulated, and say so. */
  readonly emulated: boolean;
  /** IANA zone of the place, and the name by which others know the unit. */
  readonly site: { readonly timezone: string; readonly doserId: string };
  /** Of each thing beyond the dosing side what is wrong with it, in words, or null. */
  readonly troublesOutside?: () => readonly (string | null)[];
  /** Where events of the dosing unit are posted, if anywhere. */
  readonly remoteLog?: { readonly target: RemoteLogTarget; readonly http: HttpOut };
}

/** How long a stop waits for the records of doses that the agent is bringing to rest. */
const LAST_RECORDS_MS = 2_000;

export interface Unit {
  readonly services: ControllerServices;
  readonly bus: EventBus;
  readonly eventLog: StoredEventLog;
  readonly agent: AgentClient;
  /** All doses that are over, summed up. */
  readonly doseTotals: () => DoseTotal[];
  /** Whether dosing by the calendar goes by the clock. */
  readonly isClockTrusted: () => boolean;
  stop(): Promise<void>;
}

/** The dosing side alone: everything that needs no socket of its own. */
export function startUnit(ports: UnitPorts): Unit {
  const { random, log, store, version, emulated, site } = ports;
  const clock = new CalendarClock(ports.clock);
  migrate(store, MIGRATIONS, clock.wallMs());

  const facts = new Facts(store);
  const doses = new DoseStore(store);
  const isDoseOpen = () => doses.open().length > 0;
  const rtc = new RealTimeClock({ clock, log, timeSource: ports.timeSource, isDoseOpen });
  const timeKeeper = new TimeKeeper({ clock, facts, log, timeSource: rtc });
  const chargeClock = new ChargeClock(clock, timeKeeper.highWaterMs());
  const pumps = new PumpStore(store);
  const locks = new PumpLocks(store);
  const latch = new EmergencyLatch(facts);
  const isStopLatched = () => latch.isLatched;
  const bus = new EventBus(log);
  const events = new StoredEventLog({ store, clock, bus, log });
  const containers = new ContainerStore(store);
  const entries = new ContainerEntryStore(store);
  const book = new ContainerBook({ containers, entries, events });
  insertFirstPumps({ store, clock, random, pumps, containers, book, events }, ports.firstPumps);

  const agent = new AgentClient({ clock, random, log, openFrames: ports.openFrames, facts, version, isStopLatched });
  const beat = (doseIds: readonly string[]) => inBackground(log, 'beat', agent.beat(doseIds, LEASE_MS));
  const running = new RunningDoses({ clock, bus, beat });
  const wake = () => dispatcher.kick();
  const separations = new SeparationStore(store);
  const isPastTrusted = timeKeeper.untrusted === null;
  const turns = new Turns({ doses, separations, chargeClock, running, isPastTrusted });
  const booked = { doses, pumps, containers, book, locks, events };
  const ledger = { store, clock, log, random, ...booked, chargeClock, isStopLatched, turns };
  const configSync = new UnitConfigSync({ ...ledger, agent, wake });
  const settlement = new Settlement(ledger);
  const dosing = { ...ledger, agent, running, settlement, configSync, wake };
  const reconciler = new Reconciler(dosing);
  const whyPlanOff = () => takeOver.whyOff;
  const dispatcher = new DoseDispatcher({ ...dosing, reconciler, whyPlanOff });
  const withdrawal = new DoseWithdrawal(dosing);
  const stops = new StopService({ ...dosing, latch, withdrawal });
  const sensors = new PumpSensors(clock);
  const watch = new AgentWatch({ ...dosing, bus, stops });

  const orders = new DoseService({ ...dosing, dispatcher, withdrawal, epoch: () => agent.epoch });
  const plans = new ChannelPlanStore(store);
  const calibration = new ChannelCalibration(dosing);
  const takeOver = new ImageTakeOver({ ...dosing, facts, timeKeeper, plans, calibration });
  const schedules = new ScheduleStore(store);
  const sources = [new ChannelPlanSource({ pumps, plans }), new ScheduleSource(schedules)];
  const planned = plannedBy(sources);
  const forecasts = new ContainerForecasts({ clock, pumps, entries, planned, bus });
  const nextDoses = new NextDoses({ clock, planned, bus });
  const calibrations = new CalibrationStore(store);
  const reminder = new CalibrationReminder({ ...dosing, calibrations });
  const views = { sensors, reminder, forecasts, nextDoses, timeKeeper, whyPlanOff, emulated };
  const pumpViews = new PumpService({ ...dosing, ...views, withdrawal });
  const executor = new DueExecutor({ clock, log, sources, doses: orders, timeKeeper, events, whyPlanOff });
  adoptChannelCount(ports.channelCount, { ...ledger, facts, plans, executor });
  const isTroubled = () => timeKeeper.untrusted !== null || agent.presence.kind === 'lost';
  const remoteLog =
    ports.remoteLog === undefined ? null : new RemoteLog({ ...dosing, ...ports.remoteLog, bus, plans, isTroubled });
  const imageSync = new UnitImageSync({ ...dosing, bus, plans, timeKeeper, takeOver });
  const unitParts = { timeKeeper, plans, calibration, takeOver, pumpViews, orders, executor };
  const channels = { ...dosing, ...unitParts, timezone: site.timezone };

  const setRtc = (utcMs: number) => {
    if (rtc.isPresent) inBackground(log, 'set the real-time clock', agent.setRtc(utcMs));
  };
  const reopen = (nowMs: number) => {
    plans.reopen(nowMs);
    schedules.reopen(nowMs);
    queueMicrotask(() => executor.look());
  };

  const services: ControllerServices = {
    doses: orders,
    dosingUnit: new DosingUnitService(channels),
    pumps: pumpViews,
    containers: new ContainerService({ ...ledger, entries, forecasts }),
    calibrations: new CalibrationService({
      ...dosing,
      calibrations,
      reminder,
      sessions: new SessionStore(store),
      orders,
    }),
    schedules: new ScheduleService({ ...channels, schedules, withdrawal }),
    plan: new PlanService({ ...channels, schedules, whyPlanOff, channelDrafts: new ChannelDrafts(channels) }),
    separations: new SeparationService({ ...dosing, separations }),
    queue: new WaitingList({ ...ledger, dispatcher }),
    stops,
    events,
    health: new HealthService({
      locks,
      agent,
      timeKeeper,
      troubles: () => [remoteLog?.trouble ?? null, ...(ports.troublesOutside?.() ?? [])],
      version,
    }),
    history: new HistoryService({ store, clock, pumps, timezone: site.timezone }),
    about: new AboutService({ clock, version, emulated, site }),
    time: new TimeService({ ...ledger, timeKeeper, timezone: site.timezone, reopen, setRtc }),
  };

  remoteLog?.start();
  executor.look();
  reminder.start();
  imageSync.start();
  timeKeeper.start();
  wake();
  agent.start({
    onDoseEnded: (record) => tolerant(log, 'settle a dose', () => reconciler.onDoseEnded(record)),
    onProgress: (progress) => running.tell(progress),
    onSensors: (news) => sensors.tell(news),
    onPresence: (presence) => watch.onPresence(presence),
    onReport: (state) => {
      tolerant(log, 'look at the real-time clock', () => rtc.onReport(state));
      watch.onReport(state);
    },
    onSession: (session) => reconciler.reconcile(session),
    onReady: () => {
      wake();
      imageSync.onReady();
    },
  });

  const stop = async () => {
    reminder.stop();
    executor.stop();
    imageSync.stop();
    remoteLog?.stop();
    dispatcher.stop();
    if (agent.isReady) await running.waitUntilAllOver(LAST_RECORDS_MS);
    running.stop();
    await agent.stop();
    tolerant(log, 'write the time', () => timeKeeper.stop());
    store.close();
  };
  const isClockTrusted = () => timeKeeper.untrusted === null;
  return { services, bus, eventLog: events, agent, doseTotals: () => doseTotals(store), isClockTrusted, stop };
}
