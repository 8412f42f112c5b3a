import type { Clock } from '@perista/core';

/** So many at once, and so many a second after that: more than any device has to tell. */
const MOST = 100;
const PER_SECOND = 5;

interface Bucket {
  left: number;
  filledMs: number;
}

/** How much each device may tell that has to be written down: one that floods shall not keep the disk busy. */
export class MessageAllowance {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the device may tell one more. */
  take(deviceId: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(deviceId) ?? { left: MOST, filledMs: nowMs };
    bucket.left = Math.min(MOST, bucket.left + ((nowMs - bucket.filledMs) / 1000) * PER_SECOND);
    bucket.filledMs = nowMs;
    this.#buckets.set(deviceId, bucket);
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  }
}
