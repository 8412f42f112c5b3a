import { type Cancel, type Clock, isPeristaError, type Log, type Random } from '@perista/core';
import type { LogEvent } from '@perista/protocol/api';
import { ulid } from 'ulid';
import { tolerant } from '../background.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { StoredEventLog } from '../events/event-log.ts';
import { Outbox } from '../events/outbox.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { failureFields } from '../log-fields.ts';
import { backOffMs } from '../outgoing/back-off.ts';
import type { HttpOut, HttpReply } from '../outgoing/http-out.ts';
import type { Store } from '../store/store.ts';
import { composeEvent, type UnitLook } from './compose-event.ts';
import { type QueuedEvent, RemoteLogStore } from './remote-log-store.ts';

/** Where the events of the dosing unit are posted. */
export interface RemoteLogTarget {
  readonly url: string;
  readonly token: string;
  /** By which name the log knows this unit. */
  readonly deviceId: string;
}

export interface RemoteLogPorts extends UnitLook {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: StoredEventLog;
  readonly http: HttpOut;
  readonly target: RemoteLogTarget;
}

const SINK = 'remote-log';
const TIMEOUT_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
/** A log that has kept an event waiting for so long counts as trouble. */
const TROUBLE_AFTER_MS = 600_000;

/**
 * Tells the remote log what the relay channels did: each event at least once, in order, and composed when it happened,
 * however long the log is away. Nothing of it is ever given up, and dosing never waits for it.
 */
export class RemoteLog {
  readonly #ports: RemoteLogPorts;
  readonly #outbox: Outbox;
  readonly #queue: RemoteLogStore;
  #failures = 0;
  #lastReply: HttpReply | null = null;
  #isSending = false;
  #isStopped = false;
  #cancelPause: Cancel = () => {};

  constructor(ports: RemoteLogPorts) {
    this.#ports = ports;
    this.#outbox = new Outbox(ports, {
      sink: SINK,
      hear: (event) => this.#add(event),
      onTaken: () => this.#kick(),
    });
    this.#queue = new RemoteLogStore(ports.store);
  }

  /** Nothing was sent there for a while, in words, or null. */
  get trouble(): string | null {
    const first = this.#failures === 0 ? undefined : this.#queue.first();
    if (first === undefined || this.#ports.clock.wallMs() - first.queued_at_ms < TROUBLE_AFTER_MS) return null;
    const since = timestamp(first.queued_at_ms);
    return `The remote log has not taken an event since ${since} (${this.#why()}); ${this.#queue.count()} wait.`;
  }

  start(): void {
    this.#outbox.start();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelPause();
    this.#outbox.stop();
  }

  /** Puts what happened into the queue, with the unit as it is. */
  #add(event: LogEvent): void {
    const { random, target } = this.#ports;
    // An id knows no instant before 1970, and takes 0 for now; `unix_time` tells it.
    const eventId = ulid(Math.max(1, Date.parse(event.at)), () => random.unit());
    const composed = composeEvent(event, { eventId, deviceId: target.deviceId }, this.#ports);
    if (composed !== null) this.#queue.add(event.seq, composed);
  }

  #kick(): void {
    if (this.#isSending || this.#isStopped) return;
    tolerant(this.#ports.log, 'read what the remote log is owed', () => {
      const next = this.#queue.first();
      if (next === undefined) return;
      this.#isSending = true;
      void this.#send(next);
    });
  }

  async #send({ seq, body }: QueuedEvent): Promise<void> {
    const { http, target, log } = this.#ports;
    const { url, token } = target;
    const reply = await http.post({ url, token, body, timeoutMs: TIMEOUT_MS });
    if (this.#isStopped) return;
    this.#lastReply = reply;
    const isTaken = reply.kind === 'answered' && reply.status >= 200 && reply.status < 300;
    const isOver = isTaken && this.#forget(seq);
    if (!isTaken && this.#failures === 0) log.warn({ why: this.#why() }, 'the remote log does not take an event');
    if (isOver && this.#failures > 0) log.info({}, 'the remote log takes events again');
    this.#failures = isOver ? 0 : this.#failures + 1;
    this.#pause(isOver ? 0 : backOffMs(this.#failures, LONGEST_PAUSE_MS));
  }

  /** An event that cannot be removed is sent again: the log knows by its id that it has it. */
  #forget(seq: number): boolean {
    try {
      this.#queue.remove(seq);
      return true;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(failureFields(error), 'could not note that the remote log has an event');
      return false;
    }
  }

  #pause(forMs: number): void {
    this.#cancelPause = this.#ports.clock.after(forMs, () => {
      this.#isSending = false;
      this.#kick();
    });
  }

  #why(): string {
    if (this.#lastReply === null) return 'no answer yet';
    return this.#lastReply.kind === 'silent' ? this.#lastReply.reason : `it answers ${this.#lastReply.status}`;
  }
}
