import type { Clock, Log } from '@perista/core';
import type { LogEvent, Notice, NotificationFilter } from '@perista/protocol/api';
import { tolerant } from '../background.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { StoredEventLog } from '../events/event-log.ts';
import { Outbox } from '../events/outbox.ts';
import type { Store } from '../store/store.ts';
import type { AlertStore } from './alert-store.ts';
import type { ChannelStore } from './channel-store.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { NOTICES, type Told, type UnitSight } from './notice-table.ts';

export interface NotifierPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: StoredEventLog;
  readonly channels: ChannelStore;
  readonly deliveries: DeliveryStore;
  readonly alerts: AlertStore;
  readonly sight: UnitSight;
  /** Which unit this is. */
  readonly doser: string;
  /** Something waits for a courier. */
  readonly onQueued: () => void;
}

const SINK = 'notifications';

/** Turns events of the log into notices for all channels whose filter lets them through: each event once. */
export class Notifier {
  readonly #ports: NotifierPorts;
  readonly #outbox: Outbox;

  constructor(ports: NotifierPorts) {
    this.#ports = ports;
    this.#outbox = new Outbox(ports, {
      sink: SINK,
      hear: (event) => this.#hear(event),
      onTaken: () => tolerant(ports.log, 'let notices leave', ports.onQueued),
    });
  }

  start(): void {
    this.#outbox.start();
  }

  stop(): void {
    this.#outbox.stop();
  }

  #hear(event: LogEvent): void {
    const told = NOTICES[event.kind]?.(event, this.#ports.sight) ?? null;
    if (told === null) return;
    if ('over' in told) for (const key of told.over) this.#end(key);
    else this.#tell(event, told);
  }

  #tell(event: LogEvent, told: Told): void {
    const { alerts, channels, deliveries, clock } = this.#ports;
    const { key, heldMs = 0 } = told;
    if (key !== undefined && alerts.going(key) !== undefined) return;
    const notice = this.#noticeOf(event, told);
    const nowMs = clock.wallMs();
    if (key !== undefined) alerts.begin(key, notice, nowMs + heldMs);
    for (const { id, enabled, filter } of channels.list()) {
      if (!enabled || !letsThrough(filter, notice)) continue;
      deliveries.add(id, notice, { queuedMs: nowMs, notBeforeMs: nowMs + heldMs });
    }
  }

  /** Nobody hears of the end of what was not told because it was over too soon. */
  #end(key: string): void {
    const { alerts, channels, deliveries, clock } = this.#ports;
    const begun = alerts.going(key);
    if (begun === undefined) return;
    const nowMs = clock.wallMs();
    alerts.end(key, nowMs);
    for (const { id, enabled, filter } of channels.list()) {
      if (deliveries.withdraw(id, begun.id, nowMs) || !enabled || !letsThrough(filter, begun)) continue;
      deliveries.add(id, { ...begun, status: 'over' }, { queuedMs: nowMs, notBeforeMs: nowMs });
    }
  }

  #noticeOf({ seq, at, pump_id, dose_id }: LogEvent, told: Told): Notice {
    const { alert, subject, severity, key, containerId, deviceId, title, text } = told;
    return {
      ...{ id: `${this.#ports.doser}-${seq}`, alert, subject, severity, title, text },
      status: key === undefined ? 'once' : 'begun',
      doser: this.#ports.doser,
      // A container may serve several pumps.
      pump_id: containerId === undefined ? pump_id : null,
      container_id: containerId ?? null,
      device_id: deviceId ?? null,
      ...{ dose_id, at },
    };
  }
}

const RANKS = { info: 0, warning: 1, alarm: 2 } as const;

/** Whether a channel tells a notice. */
export function letsThrough({ severity, subjects, pumps }: NotificationFilter, notice: Notice): boolean {
  if (RANKS[notice.severity] < RANKS[severity]) return false;
  if (subjects !== null && !subjects.includes(notice.subject)) return false;
  return pumps === null || notice.pump_id === null || pumps.includes(notice.pump_id);
}
