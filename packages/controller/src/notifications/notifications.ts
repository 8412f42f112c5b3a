import type { Clock, Log, Random } from '@perista/core';
import type { EventBus } from '../events/event-bus.ts';
import type { StoredEventLog } from '../events/event-log.ts';
import type { Store } from '../store/store.ts';
import { AlertStore } from './alert-store.ts';
import { AlertmanagerEcho } from './alertmanager-echo.ts';
import { ChannelStore } from './channel-store.ts';
import { Courier } from './courier.ts';
import { DeliveryStore } from './delivery-store.ts';
import type { UnitSight } from './notice-table.ts';
import { NotificationService } from './notification-service.ts';
import { Notifier } from './notifier.ts';
import type { Outside } from './senders.ts';

export interface NotificationPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: StoredEventLog;
  readonly sight: UnitSight;
  readonly outside: Outside;
  readonly doser: string;
}

export interface Notifications {
  readonly service: NotificationService;
  start(): void;
  stop(): void;
}

/** What tells people who are not looking: events become notices, and each channel has a courier of its own. */
export function notifications(ports: NotificationPorts): Notifications {
  const { store } = ports;
  const parts = {
    ...ports,
    channels: new ChannelStore(store),
    deliveries: new DeliveryStore(store),
    alerts: new AlertStore(store),
  };
  const couriers = new Map<string, Courier>();
  const courierOf = (channelId: string): Courier => {
    const known = couriers.get(channelId) ?? new Courier(parts, channelId);
    couriers.set(channelId, known);
    return known;
  };
  const onQueued = () => {
    for (const { id } of parts.channels.list()) courierOf(id).look();
  };
  const onChange = (channelId: string) => {
    if (parts.channels.find(channelId) !== undefined) return courierOf(channelId).hurry();
    couriers.get(channelId)?.stop();
    couriers.delete(channelId);
  };
  const notifier = new Notifier({ ...parts, onQueued });
  const echo = new AlertmanagerEcho(parts);
  return {
    service: new NotificationService({ ...parts, onChange }),
    start() {
      notifier.start();
      echo.start();
    },
    stop() {
      notifier.stop();
      echo.stop();
      for (const courier of couriers.values()) courier.stop();
    },
  };
}
