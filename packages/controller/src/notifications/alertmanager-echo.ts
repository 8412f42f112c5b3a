import type { Cancel, Clock, Log } from '@perista/core';
import { tolerant } from '../background.ts';
import type { AlertStore } from './alert-store.ts';
import { alertOf, SILENCE_MS } from './alertmanager-alert.ts';
import type { ChannelStore } from './channel-store.ts';
import { letsThrough } from './notifier.ts';
import { type Outside, postAlerts } from './senders.ts';

export interface EchoPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly channels: ChannelStore;
  readonly alerts: AlertStore;
  readonly outside: Outside;
}

const EVERY_MS = 60_000;

/**
 * Tells each Alertmanager again what goes on, and for a while what is over: it forgets what it does not hear of, and may
 * have been away when it was told first.
 */
export class AlertmanagerEcho {
  readonly #ports: EchoPorts;
  #cancel: Cancel = () => {};

  constructor(ports: EchoPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#cancel = this.#ports.clock.after(EVERY_MS, () => {
      this.start();
      tolerant(this.#ports.log, 'tell again what goes on', () => this.#tell());
    });
  }

  stop(): void {
    this.#cancel();
  }

  #tell(): void {
    const { clock, channels, alerts, outside } = this.#ports;
    const nowMs = clock.wallMs();
    const recent = alerts.recent(nowMs, SILENCE_MS);
    for (const { enabled, target, secret, filter } of channels.list()) {
      if (!enabled || target.kind !== 'alertmanager') continue;
      const told = recent
        .filter(({ notice }) => letsThrough(filter, notice))
        .map(({ notice, overAtMs }) => alertOf(notice, nowMs, overAtMs));
      // What fails now comes again in a minute; that a channel fails is told by its own notices.
      if (told.length > 0) void postAlerts(outside.http, target.url, secret ?? undefined, told);
    }
  }
}
