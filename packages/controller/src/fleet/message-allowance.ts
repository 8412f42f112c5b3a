import type { Clock } from '@perista/core';
import { TokenBucket } from '../pacing/token-bucket.ts';

/** So many at once, and so many a second after that: more than any device has to tell. */
const PACE = { burst: 100, perSecond: 5 };

/** How much each device may tell that has to be written down: one that floods shall not keep the disk busy. */
export class MessageAllowance {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the device may tell one more. */
  take(deviceId: string): boolean {
    const bucket = this.#buckets.get(deviceId) ?? new TokenBucket(this.#clock, PACE);
    this.#buckets.set(deviceId, bucket);
    return bucket.take(1);
  }
}
