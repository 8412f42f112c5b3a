import type { Clock, Log } from '@perista/core';
import { TokenBucket } from '../pacing/token-bucket.ts';

/** A flood of clients that are refused is no flood of lines. */
const PACE = { perSecond: 0.2, burst: 10 };

/** Tells who was refused or sent away, and how many were not told. */
export class DropLog {
  readonly #log: Log;
  readonly #bucket: TokenBucket;
  #untold = 0;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#log = log;
    this.#bucket = new TokenBucket(clock, PACE);
  }

  tell(fields: Readonly<Record<string, unknown>>, words: string): void {
    if (!this.#bucket.take(1)) {
      this.#untold++;
      return;
    }
    this.#log.warn({ ...fields, ...(this.#untold > 0 && { untold: this.#untold }) }, words);
    this.#untold = 0;
  }
}
