import type { Clock, Log, Random } from '@perista/core';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { AlarmService } from './alarm-service.ts';
import { CommandAcks } from './command-acks.ts';
import { commandOutcomes } from './command-outcomes.ts';
import { CommandRunner } from './command-runner.ts';
import { Deliveries } from './deliveries.ts';
import { DeviceErrors } from './device-errors.ts';
import { DeviceHearing } from './device-hearing.ts';
import { DeviceOrders } from './device-orders.ts';
import { FleetBook, SERVER } from './fleet-book.ts';
import type {
  BackfillAsker,
  DeviceLine,
  DeviceListener,
  DeviceRecords,
  DeviceSight,
  FleetNews,
  PresenceListener,
} from './fleet-ports.ts';
import { FleetRecords } from './fleet-records.ts';
import { InfusionCourse } from './infusion-course.ts';
import { InfusionService } from './infusion-service.ts';
import { Inquiries } from './inquiries.ts';
import { PresenceWatch } from './presence-watch.ts';
import { Reunion } from './reunion.ts';
import { StartAnswers } from './start-answers.ts';
import { StartRules } from './start-rules.ts';
import { StopWatch } from './stop-watch.ts';

export interface FleetOrdersPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: Pick<EventLog, 'append'>;
  readonly line: DeviceLine;
  readonly sight: DeviceSight;
  readonly news: FleetNews;
}

/** Everything about devices that is ordered and remembered. */
export interface FleetOrders {
  readonly infusions: InfusionService;
  readonly orders: DeviceOrders;
  readonly alarms: AlarmService;
  readonly records: DeviceRecords;
  /** Has to be told what devices tell, and when they come and go. */
  readonly hearing: DeviceListener;
  readonly presence: PresenceListener;
  readonly backfill: BackfillAsker;
  /** Goes on with what a server that is gone has left. */
  start(): void;
  stop(): void;
}

export function fleetOrders(ports: FleetOrdersPorts): FleetOrders {
  const { clock, log, line, sight, random } = ports;
  const book = new FleetBook(ports);
  const alarms = new AlarmService({ ...ports, book });
  // What follows from a command needs what sends commands.
  const runner = new CommandRunner(
    { book, clock, random, log, line, sight },
    commandOutcomes(() => parts),
  );
  const stops = new StopWatch({ book, clock, log, alarms, runner });
  const deliveries = new Deliveries({ book, clock, log });
  const course = new InfusionCourse({ book, alarms, runner, stops, deliveries });
  const inquiries = new Inquiries({ book, clock, runner, sight, stops });
  const answers = new StartAnswers({ book, course });
  const rules = new StartRules({ book, line, sight });
  const parts = { ...ports, book, alarms, answers, course, deliveries, inquiries, rules, runner, stops };
  const hearing = new DeviceHearing({
    ...parts,
    acks: new CommandAcks(parts),
    errors: new DeviceErrors(parts),
    reunion: new Reunion(parts),
  });
  return {
    infusions: new InfusionService(parts),
    orders: new DeviceOrders(parts),
    alarms,
    records: new FleetRecords(book, rules),
    hearing,
    presence: new PresenceWatch(parts),
    backfill: {
      askBackfill(deviceId, missing) {
        runner.order({ deviceId, command: 'BACKFILL', infusionId: null, payload: missing, by: SERVER });
      },
    },
    start() {
      runner.inherit();
      stops.inherit();
    },
    stop() {
      runner.stop();
      stops.stop();
      deliveries.stop();
    },
  };
}
