import type { Clock } from '@perista/core';
import { TokenBucket } from '../pacing/token-bucket.ts';

/** Devices that are remembered at most: invented ids shall not fill the disk. */
const MOST_DEVICES = 5_000;
/** New ones that are let in, one a second in the long run: a whole fleet on its first day, and no flood. */
const PACE = { burst: 1_000, perSecond: 1 };

/** How many devices that nobody has heard of yet may still come. */
export class NewcomerAllowance {
  readonly #bucket: TokenBucket;

  constructor(clock: Clock) {
    this.#bucket = new TokenBucket(clock, PACE);
  }

  /** False: one more than `known` is not let in. */
  take(known: number): boolean {
    return known < MOST_DEVICES && this.#bucket.take(1);
  }
}
