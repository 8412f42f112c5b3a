import type { Clock, Log } from '@perista/core';
import type { UpTopicName } from '@perista/protocol/fleet';

/** Why a message changed nothing. */
export const DROP_REASONS = [
  'foreign-topic',
  'malformed',
  'retained-event',
  'duplicate',
  'old-boot',
  'old-will',
  'overtaken',
  'too-many-devices',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What is dropped again and again is logged so seldom, each reason for itself. */
const LOG_EVERY_MS = 10_000;

interface Dropped {
  /** Null where the topic names nobody. */
  readonly deviceId: string | null;
  /** Null where it is none of ours. */
  readonly topic: UpTopicName | null;
  readonly reason: DropReason;
  /** What exactly was wrong, in words. */
  readonly detail?: string;
}

/** Counts what comes from devices, and tells the log of what is dropped, at a bounded rate. */
export class FleetMeter {
  /** Messages that were taken, and that were dropped, by topic. */
  readonly taken = new Map<UpTopicName, number>();
  readonly droppedOn = new Map<UpTopicName, number>();
  /** Dropped ones by what was wrong with them. */
  readonly dropped = new Map<DropReason, number>();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #loggedMs = new Map<DropReason, number>();

  /** How long what came waited for its viewers; heard by whoever measures. */
  onLag: (lagS: number) => void = () => {};

  constructor(ports: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = ports.clock;
    this.#log = ports.log;
  }

  take(topic: UpTopicName): void {
    count(this.taken, topic);
  }

  drop({ deviceId, topic, reason, detail }: Dropped): void {
    if (topic !== null) count(this.droppedOn, topic);
    const times = count(this.dropped, reason);
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#loggedMs.get(reason) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return;
    this.#loggedMs.set(reason, nowMs);
    // A duplicate is what QoS 1 promises.
    const level = reason === 'duplicate' ? 'debug' : 'warn';
    this.#log[level]({ deviceId, topic, reason, detail, count: times }, 'a message of a device is dropped');
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): number {
  const times = (counts.get(key) ?? 0) + 1;
  counts.set(key, times);
  return times;
}
