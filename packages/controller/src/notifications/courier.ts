import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import { tolerant } from '../background.ts';
import { failureFields } from '../log-fields.ts';
import { backOffMs } from '../outgoing/back-off.ts';
import type { Store } from '../store/store.ts';
import type { ChannelRecord, ChannelStore } from './channel-store.ts';
import type { DeliveryRecord, DeliveryStore } from './delivery-store.ts';
import { type Outside, type SendFailure, send } from './senders.ts';

export interface CourierPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly channels: ChannelStore;
  readonly deliveries: DeliveryStore;
  readonly outside: Outside;
}

/** Tried again after so long, then twice as long each time, up to the longest. */
const LONGEST_PAUSE_MS = 300_000;
/** What could not be told within a day is told to nobody: it would be taken for news. */
const USEFUL_MS = 86_400_000;

/**
 * Carries what waits in one channel, in order and at least once, one at a time. Whoever takes a notice twice knows it by
 * its id and status.
 */
export class Courier {
  readonly #ports: CourierPorts;
  readonly #channelId: string;
  #failures = 0;
  #isSending = false;
  #isStopped = false;
  #cancelPause: Cancel = () => {};

  constructor(ports: CourierPorts, channelId: string) {
    this.#ports = ports;
    this.#channelId = channelId;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelPause();
  }

  /** Something may wait, or the channel was changed: what failed is tried again at once. */
  hurry(): void {
    this.#failures = 0;
    this.#cancelPause();
    this.look();
  }

  /** Something may wait. While a pause after a failure lasts nothing is sent. */
  look(): void {
    if (this.#isSending || this.#isStopped || this.#failures > 0) return;
    this.#goOn();
  }

  #goOn(): void {
    const { channels, deliveries, clock, log } = this.#ports;
    if (this.#isSending || this.#isStopped) return;
    tolerant(log, 'read which notices wait', () => {
      const channel = channels.find(this.#channelId);
      if (channel === undefined || !channel.enabled) return;
      const next = this.#nextUseful(clock.wallMs());
      if (next !== undefined) {
        this.#isSending = true;
        void this.#carry(channel, next);
        return;
      }
      // What failed last is noted as taken after all, so there is nothing to pause for.
      this.#failures = 0;
      const heldMs = deliveries.nextHeldMs(this.#channelId);
      if (heldMs !== null) this.#pause(Math.max(1, heldMs - clock.wallMs()));
    });
  }

  /** Gives up what is too old. */
  #nextUseful(nowMs: number): DeliveryRecord | undefined {
    const { deliveries, log } = this.#ports;
    for (;;) {
      const next = deliveries.next(this.#channelId, nowMs);
      if (next === undefined || nowMs - next.queuedAtMs < USEFUL_MS) return next;
      log.warn({ channel: this.#channelId, notice: next.notice.id }, 'a notice is too old to be told');
      deliveries.end(next, 'given_up', nowMs);
    }
  }

  async #carry(channel: ChannelRecord, delivery: DeliveryRecord): Promise<void> {
    const { deliveries, outside, clock, log } = this.#ports;
    // A full disk keeps no notice back.
    tolerant(log, 'note that a notice is sent', () => deliveries.noteAttempt(delivery.seq));
    const failure = await send(outside, channel, delivery.notice, clock.wallMs());
    this.#isSending = false;
    if (this.#isStopped) return;
    if (failure !== null && this.#failures === 0)
      log.warn({ channel: channel.name, failure }, 'a notice was not taken');
    const isOver = this.#note(delivery, failure);
    this.#failures = isOver ? 0 : this.#failures + 1;
    if (isOver) this.#goOn();
    else this.#pause(backOffMs(this.#failures, LONGEST_PAUSE_MS));
  }

  /** Whether the notice is out of the way. One that cannot be noted as taken is sent again. */
  #note(delivery: DeliveryRecord, failure: SendFailure): boolean {
    const { store, channels, deliveries, clock, log } = this.#ports;
    const nowMs = clock.wallMs();
    try {
      store.transaction(() => {
        if (failure === null) {
          deliveries.end(delivery, 'delivered', nowMs);
          channels.noteDelivery(this.#channelId, nowMs);
        } else {
          deliveries.noteFailure(delivery.seq, failure);
          channels.noteFailure(this.#channelId, failure, nowMs);
        }
      });
      return failure === null;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      log.error(failureFields(error), 'could not note what became of a notice');
      return false;
    }
  }

  #pause(forMs: number): void {
    this.#cancelPause();
    this.#cancelPause = this.#ports.clock.after(forMs, () => this.#goOn());
  }
}
