import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import type { LogEvent } from '@perista/protocol/api';
import { failureFields } from '../log-fields.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import { BATCH, type StoredEventLog } from './event-log.ts';

/** Where the database did not take it, it is tried again so much later. */
const AGAIN_MS = 1_000;

export interface OutboxPorts {
  readonly store: Store;
  readonly events: StoredEventLog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SinkOptions {
  readonly sink: string;
  /** What it writes for an event, in the transaction that takes it. */
  readonly hear: (event: LogEvent) => void;
  /** All that was there is taken. */
  readonly onTaken: () => void;
}

/**
 * What one sink (the notices, the remote log, MQTT) has not taken yet. The event log is the queue; each sink keeps its
 * place in it, so that no event is missed or taken twice, whatever died meanwhile.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #options: SinkOptions;
  #cancelAgain: Cancel = () => {};

  /** A sink that is new begins with what happens from now on. */
  constructor(ports: OutboxPorts, options: SinkOptions) {
    this.#ports = ports;
    this.#options = options;
    const { store, events } = ports;
    store.run('INSERT INTO outbox VALUES (?, ?) ON CONFLICT DO NOTHING', options.sink, events.lastSeq());
  }

  /** Takes what is there, and from now on what comes. */
  start(): void {
    this.#ports.bus.subscribe(this, 'event', () => this.#look());
    this.#look();
  }

  stop(): void {
    this.#ports.bus.unsubscribeAll(this);
    this.#cancelAgain();
  }

  #look(): void {
    this.#cancelAgain();
    try {
      this.#take();
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(
        { sink: this.#options.sink, ...failureFields(error) },
        'could not note events that are to be told',
      );
      // The next event may be hours away.
      this.#cancelAgain = this.#ports.clock.after(AGAIN_MS, () => this.#look());
      return;
    }
    this.#options.onTaken();
  }

  /** What the sink writes and its place are one transaction: if it throws, the whole batch is handed over again. */
  #take(): void {
    const { store, events } = this.#ports;
    const { sink, hear } = this.#options;
    for (;;) {
      const batch = events.after(this.#takenSeq());
      const last = batch.at(-1);
      if (last === undefined) return;
      store.transaction(() => {
        for (const event of batch) hear(event);
        store.run('UPDATE outbox SET delivered_seq = ? WHERE sink = ?', last.seq, sink);
      });
      // What came meanwhile is told on the bus.
      if (batch.length < BATCH) return;
    }
  }

  #takenSeq(): number {
    const { store } = this.#ports;
    const { sink } = this.#options;
    const row = store.get<{ delivered_seq: number }>('SELECT delivered_seq FROM outbox WHERE sink = ?', sink);
    return row?.delivered_seq ?? 0;
  }
}
