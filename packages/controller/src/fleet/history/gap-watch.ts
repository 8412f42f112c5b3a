import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';
import type { DeviceGap } from '@perista/protocol/live';
import { tolerant } from '../../background.ts';
import { timestamp } from '../../ledger/timestamp.ts';
import { failureFields } from '../../log-fields.ts';
import type { BackfillAsker } from '../fleet-ports.ts';
import type { KnownDevice } from '../known-device.ts';
import type { SeqGap } from '../message-order.ts';
import type { DeviceHistoryStore, StoredGap } from './device-history-store.ts';

/** Until then a message that is missing may only have been overtaken. */
const REORDERING_MS = 3_000;
/** What is missing then stays missing. */
const GIVEN_UP_MS = 60_000;
/** Stretches that are looked after at once, of all devices. */
const MOST_WATCHED = 5_000;

/** Between two messages that were heard, ms since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface GapWatchPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: DeviceHistoryStore;
  readonly asker: BackfillAsker;
  readonly onGap: (deviceId: string, gap: DeviceGap) => void;
}

/** Sees to it that what is missing of a device is asked for, and that what stays missing is shown as a gap. */
export class GapWatch {
  readonly #ports: GapWatchPorts;
  readonly #cancels = new Set<Cancel>();
  /** Devices that will be asked soon. */
  readonly #asking = new Set<string>();

  constructor(ports: GapWatchPorts) {
    this.#ports = ports;
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  /** Messages are missing between two that were heard then. */
  missing(device: KnownDevice, gap: SeqGap, span: Span): void {
    if (this.#cancels.size >= MOST_WATCHED) {
      this.#store(device.deviceId, lostIn(span, gap));
      return;
    }
    if (!this.#asking.has(device.deviceId)) {
      this.#asking.add(device.deviceId);
      this.#later(REORDERING_MS, () => this.#ask(device));
    }
    this.#later(GIVEN_UP_MS, () => this.#giveUp(device, gap, span));
  }

  /** Nobody can tell what was between these. */
  silent(deviceId: string, span: Span, reason: string): void {
    this.#store(deviceId, { ...span, reason });
  }

  /** The device told again what it knows of a stretch; what it does not know of it will never come. */
  told(device: KnownDevice, { header, body: { fromSeq, toSeq, samples } }: MessageOf<'backfill'>): void {
    const boot = samples[0]?.boot ?? header?.boot;
    if (boot !== undefined) device.order.fill({ boot, fromSeq, toSeq });
  }

  #ask(device: KnownDevice): void {
    const { asker, log } = this.#ports;
    this.#asking.delete(device.deviceId);
    for (const missing of device.order.missing()) {
      try {
        asker.askBackfill(device.deviceId, missing);
      } catch (error) {
        if (!isPeristaError(error)) throw error;
        log.warn({ ...failureFields(error), deviceId: device.deviceId }, 'could not ask for missing messages');
      }
    }
  }

  #giveUp(device: KnownDevice, gap: SeqGap, span: Span): void {
    for (const lost of device.order.missingOf(gap)) {
      device.order.fill(lost);
      this.#store(device.deviceId, lostIn(span, gap, lost));
    }
  }

  #store(deviceId: string, gap: StoredGap): void {
    tolerant(this.#ports.log, 'keep a gap in what a device told', () => this.#ports.history.addGap(deviceId, gap));
    this.#ports.onGap(deviceId, { from: timestamp(gap.fromMs), to: timestamp(gap.toMs), reason: gap.reason });
  }

  #later(delayMs: number, fn: () => void): void {
    const cancel = this.#ports.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      fn();
    });
    this.#cancels.add(cancel);
  }
}

/** When the messages of a stretch were sent, as if at an even pace. */
function lostIn({ fromMs, toMs }: Span, gap: SeqGap, lost = gap): StoredGap {
  const pace = (toMs - fromMs) / (gap.toSeq - gap.fromSeq + 2);
  const at = (seq: number) => Math.round(fromMs + (seq - gap.fromSeq + 1) * pace);
  const count = lost.toSeq - lost.fromSeq + 1;
  const reason = count === 1 ? 'a message is missing' : `${count} messages are missing`;
  return { fromMs: at(lost.fromSeq - 1), toMs: at(lost.toSeq + 1), reason };
}
