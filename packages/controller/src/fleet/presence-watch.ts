import type { Log } from '@perista/core';
import type { Presence } from '@perista/protocol/api';
import { tolerant } from '../background.ts';
import type { AlarmService } from './alarm-service.ts';
import type { FleetBook } from './fleet-book.ts';
import type { PresenceListener } from './fleet-ports.ts';
import type { Inquiries } from './inquiries.ts';

export interface PresenceWatchPorts {
  readonly book: FleetBook;
  readonly log: Log;
  readonly alarms: AlarmService;
  readonly inquiries: Inquiries;
}

/** Alarms while a device is offline, and asks it once it is back. */
export class PresenceWatch implements PresenceListener {
  readonly #ports: PresenceWatchPorts;

  constructor(ports: PresenceWatchPorts) {
    this.#ports = ports;
  }

  presence(deviceId: string, presence: Presence, reason: string | null): void {
    const { alarms, inquiries, log } = this.#ports;
    tolerant(log, `note that device ${deviceId} is ${presence}`, () => {
      if (presence === 'offline') return this.#gone(deviceId, reason);
      if (presence !== 'online') return;
      alarms.clear(deviceId, ({ kind }) => kind === 'offline');
      inquiries.again(deviceId);
    });
  }

  line(isUp: boolean): void {
    const { inquiries, log } = this.#ports;
    if (isUp) tolerant(log, 'ask devices how they are', () => inquiries.againOfAll());
  }

  /** A device that may be running unseen is worse than one that is put away. */
  #gone(deviceId: string, reason: string | null): void {
    const { book, alarms } = this.#ports;
    const open = book.openInfusions(deviceId)[0];
    const what = open === undefined ? 'The device is offline' : `The device is offline in infusion ${open.infusionId}`;
    const message = reason === null ? what : `${what}: ${reason}`;
    alarms.raise({ deviceId, kind: 'offline', priority: open === undefined ? 'low' : 'high', message });
  }
}
