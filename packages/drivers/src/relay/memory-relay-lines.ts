import { type Clock, PeristaError, sleep } from '@perista/core';
import type { RelayLines } from './relay-lines.ts';

/** Lines in memory that stay as last driven, for tests: each change is kept with its instant; writes may take time or fail. */
export class MemoryRelayLines implements RelayLines {
  readonly channels = 6;
  readonly changes: { readonly atMs: number; readonly driven: number | null }[] = [];
  driven: number | null = null;
  /** How long a write takes, ms. */
  delayMs = 0;
  fails = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async write(channel: number | null): Promise<void> {
    if (this.delayMs > 0) await sleep(this.#clock, this.delayMs);
    if (this.fails) throw new PeristaError('E110', 'The lines in memory fail');
    if (channel !== this.driven) this.changes.push({ atMs: this.#clock.monotonicMs(), driven: channel });
    this.driven = channel;
  }

  async close(): Promise<void> {}
}
