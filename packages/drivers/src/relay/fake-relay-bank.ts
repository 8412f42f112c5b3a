import { type Cancel, type Clock, PeristaError, sleep } from '@perista/core';
import { assertRelayOrder, type RelayBank } from './relay-bank.ts';

/** Relays in memory, with deadlines, a count of on-time of their own, and a cable that can be cut. */
export class FakeRelayBank implements RelayBank {
  readonly channels: number;
  readonly #clock: Clock;
  readonly #onMs = new Map<number, number>();
  /** By so much a relay goes off later than it was told to, ms. */
  offLateMs = 0;
  #on: { readonly channel: number; readonly sinceMs: number } | null = null;
  #cancelCut: Cancel = () => {};
  #untoldMs = 0;
  #broken = false;

  constructor(clock: Clock, channels = 6) {
    this.#clock = clock;
    this.channels = channels;
  }

  /** The relay that is on, or null. */
  get on(): number | null {
    return this.#on?.channel ?? null;
  }

  /** How long `channel` was on in all, ms. */
  onMs(channel: number): number {
    const runningMs = this.#on?.channel === channel ? this.#clock.monotonicMs() - this.#on.sinceMs : 0;
    return (this.#onMs.get(channel) ?? 0) + runningMs;
  }

  /** Nothing that is told arrives any more; what is on stays so until its deadline. */
  break(): void {
    this.#broken = true;
  }

  mend(): void {
    this.#broken = false;
  }

  async set(channel: number | null, forMs: number): Promise<number> {
    assertRelayOrder(this.channels, channel, forMs);
    if (this.#broken) throw new PeristaError('E110', 'The relays cannot be reached');
    if (channel === null && this.offLateMs > 0) await sleep(this.#clock, this.offLateMs);
    this.#switch(channel);
    if (channel !== null) this.#cancelCut = this.#clock.after(forMs + this.offLateMs, () => this.#switch(null));
    const wasOnMs = this.#untoldMs;
    this.#untoldMs = 0;
    return wasOnMs;
  }

  async close(): Promise<void> {
    this.#switch(null);
    this.#broken = true;
  }

  #switch(channel: number | null): void {
    this.#cancelCut();
    const nowMs = this.#clock.monotonicMs();
    if (this.#on !== null) {
      const { channel: before, sinceMs } = this.#on;
      this.#onMs.set(before, (this.#onMs.get(before) ?? 0) + nowMs - sinceMs);
      this.#untoldMs += nowMs - sinceMs;
    }
    this.#on = channel === null ? null : { channel, sinceMs: nowMs };
  }
}
