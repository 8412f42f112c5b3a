import type { Clock, Log, Random } from '@perista/core';
import type { EventBus } from '../events/event-bus.ts';
import type { MqttBroker } from '../mqtt/mqtt-port.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { DeviceRegistry } from './device-registry.ts';
import { DeviceRightsService } from './device-rights.ts';
import { DeviceStreams } from './device-streams.ts';
import { DeviceViews } from './device-views.ts';
import { FleetGateway } from './fleet-gateway.ts';
import { FleetMeter } from './fleet-meter.ts';
import { type FleetOrders, fleetOrders } from './fleet-orders.ts';
import type { DeviceLine, FleetNews } from './fleet-ports.ts';
import { DeviceChronicle } from './history/device-chronicle.ts';
import type { DeviceHistoryStore } from './history/device-history-store.ts';
import { GapWatch } from './history/gap-watch.ts';
import { HistoryRecorder } from './history/history-recorder.ts';
import { TrendService } from './history/trend-service.ts';

export interface FleetPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: Pick<EventLog, 'append'>;
  readonly doserId: string;
  readonly history: DeviceHistoryStore;
  /** Samples are kept so long. */
  readonly historyDays: number;
  /** Without one, what was known stays known and nothing comes. */
  readonly broker?: MqttBroker;
}

/** Remote devices: what they tell and are told, who may see it, and what viewers are told of them. */
export interface Fleet {
  readonly streams: DeviceStreams;
  readonly views: DeviceViews;
  readonly rights: DeviceRightsService;
  readonly orders: FleetOrders;
  readonly trends: TrendService;
  readonly recorder: Pick<HistoryRecorder, 'lost'>;
  readonly registry: Pick<DeviceRegistry, 'list'>;
  readonly meter: FleetMeter;
  readonly line: Pick<DeviceLine, 'isUp' | 'why'>;
  /** @throws PeristaError E301 */
  start(): void;
  stop(): Promise<void>;
}

const NO_BROKER: DeviceLine = {
  isUp: false,
  why: 'no MQTT broker is configured',
  send: () => Promise.resolve(false),
};

export function fleetOf(ports: FleetPorts): Fleet {
  const { store, clock, random, log, bus, events, doserId, broker, history } = ports;
  const meter = new FleetMeter({ clock, log });
  const registry = new DeviceRegistry({ store, clock, log, meter });
  const gateway =
    broker === undefined
      ? null
      : new FleetGateway({
          ...{ clock, log, broker, doserId, meter },
          listener: registry,
          onLine: (isUp) => registry.onLine(isUp),
        });
  const line = gateway ?? NO_BROKER;
  // What is ordered is told to viewers, who are shown what is ordered.
  const news: FleetNews = {
    infusion: (infusion) => streams.infusion(infusion),
    command: (command) => streams.command(command),
    alarm: (alarm) => streams.alarm(alarm),
    gap: (deviceId, gap) => streams.gap(deviceId, gap),
  };
  const orders = fleetOrders({ store, clock, random, log, events, line, sight: registry, news });
  const rights = new DeviceRightsService({ store, bus, events });
  const views = new DeviceViews({ clock, registry, records: orders.records, rights, line });
  const streams = new DeviceStreams({ clock, log, bus, views, rights, onLag: (lagS) => meter.onLag(lagS) });
  const recorder = new HistoryRecorder({ clock, log, history, days: ports.historyDays });
  const gaps = new GapWatch({ clock, log, history, asker: orders.backfill, onGap: (id, gap) => streams.gap(id, gap) });
  const trends = new TrendService({ clock, history, recorder, records: orders.records, rights });
  registry.keep(new DeviceChronicle(recorder, gaps));
  registry.add(streams);
  registry.addPresence(streams);
  registry.add(orders.hearing);
  registry.addPresence(orders.presence);
  return {
    ...{ streams, registry, views, rights, orders, trends, recorder, meter, line },
    start: () => {
      registry.start();
      recorder.start();
      orders.start();
      gateway?.start();
    },
    stop: async () => {
      await gateway?.stop();
      orders.stop();
      gaps.stop();
      recorder.stop();
      registry.stop();
    },
  };
}
