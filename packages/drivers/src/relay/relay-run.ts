import { assert, type Clock, isPeristaError, type PeristaError } from '@perista/core';
import type { MotionTick } from '../pump-driver.ts';
import { WakeableSleep } from '../wakeable-sleep.ts';
import { LONGEST_ON_MS } from './relay-bank.ts';

/** How often the bank is asked and a tick is kept, ms. */
const TICK_MS = 100;
/** A tick announces no more than this: one period, and the cut of whoever falls silent then, ms. */
export const REACH_MS = 400;
/** By so much a cut may come late, ms. */
const LATE_CUT_MS = 50;
/** What is left of a motion when the relay is off is not worth switching for if it is shorter, ms. */
const SHORTEST_TURN_MS = 5;
/** A bank takes no shorter order, ms. */
const SHORTEST_ORDER_MS = 1;

export type RunEnd =
  | { readonly kind: 'at-target' }
  /** Where it is not known how long the relay was on: since the last tick for `mostMs` at most, as far as can be told. */
  | { readonly kind: 'stopped'; readonly mostMs: number }
  | { readonly kind: 'lost'; readonly error: PeristaError; readonly mostMs: number };

export interface RelayRunParts {
  readonly clock: Clock;
  /** How long the relay shall be on, ms. */
  readonly targetMs: number;
  /** How long it was on in this motion, as told by now, ms. */
  readonly onMs: () => number;
  /**
   * Each resolves when it was told how long the relay was on until now. @throws PeristaError E110; the next call settles
   * when the relay is known to be off, or cannot be reached.
   */
  readonly on: (forMs: number) => Promise<void>;
  readonly off: () => Promise<void>;
  readonly onTick: (tick: Omit<MotionTick, 'position'>) => Promise<void>;
}

/**
 * One motion of a pump behind a relay. It goes on only as far as the last durable tick announced: a renewal that comes
 * late is shorter, and a tick that does not become durable in time lets the relay go off by its deadline.
 */
export class RelayRun {
  readonly #parts: RelayRunParts;
  readonly #sleep: WakeableSleep;
  /** The newest order to go on. */
  #asked: { readonly atMs: number; readonly forMs: number } | null = null;
  /** Since when nobody told how long the relay was on; null where it is off. */
  #untoldSinceMs: number | null = null;
  /** How long the relay had been on at the last durable tick, ms. */
  #tickedMs = 0;
  #startedMs: number | null = null;
  #isStopping = false;
  #tickFailure: unknown;

  constructor(parts: RelayRunParts) {
    this.#parts = parts;
    this.#sleep = new WakeableSleep(parts.clock);
  }

  /** Takes effect at once: the relay is not told to go on any more. The caller turns it off. */
  requestStop(): void {
    this.#isStopping = true;
    this.#sleep.wake();
  }

  /** Rejects only as `onTick` does; the relay is off then too, or goes off by its deadline. */
  async run(): Promise<RunEnd> {
    try {
      await this.#tick(this.#reachMs());
      while (!this.#isStopping && this.#leftMs() >= SHORTEST_TURN_MS) await this.#turnOn();
      const untoldSinceMs = this.#untoldSinceMs ?? this.#parts.clock.monotonicMs();
      await this.#rest();
      if (this.#isStopping) return { kind: 'stopped', mostMs: this.#mostMs(untoldSinceMs) };
      await this.#tick(0);
      return { kind: 'at-target' };
    } catch (thrown) {
      const untoldSinceMs = this.#untoldSinceMs ?? this.#parts.clock.monotonicMs();
      await this.#restIfItCan();
      if (thrown === this.#tickFailure || !isPeristaError(thrown)) throw thrown;
      return { kind: 'lost', error: thrown, mostMs: this.#mostMs(untoldSinceMs) };
    }
  }

  /** Since the last tick, with all the time since which nobody told anything. */
  #mostMs(untoldSinceMs: number): number {
    const { clock, onMs } = this.#parts;
    return Math.ceil(onMs() - this.#tickedMs + clock.monotonicMs() - untoldSinceMs);
  }

  async #turnOn(): Promise<void> {
    await this.#goOn();
    await this.#tickIfTurned();
    await this.#sleepAWhile();
    if (!this.#isCut() && this.#leftMs() - this.#onSinceAskedMs() >= SHORTEST_ORDER_MS) return;
    await this.#rest();
    if (this.#leftMs() >= SHORTEST_TURN_MS) await this.#tickIfTurned();
  }

  /** For as long as the last tick reaches and the motion lasts. */
  async #goOn(): Promise<void> {
    const { clock, on, onMs } = this.#parts;
    const sinceAskedMs = this.#onSinceAskedMs();
    const withinReachMs = this.#tickedMs + REACH_MS - LATE_CUT_MS - onMs() - sinceAskedMs;
    assert(withinReachMs >= SHORTEST_ORDER_MS, 'a motion goes on only as far as a tick reaches');
    const leftMs = Math.max(SHORTEST_ORDER_MS, this.#leftMs() - sinceAskedMs);
    const forMs = Math.min(LONGEST_ON_MS, withinReachMs, leftMs);
    const atMs = clock.monotonicMs();
    this.#startedMs ??= atMs;
    this.#untoldSinceMs ??= atMs;
    await on(forMs);
    this.#untoldSinceMs = atMs;
    this.#asked = { atMs, forMs };
  }

  async #rest(): Promise<void> {
    await this.#parts.off();
    this.#asked = null;
    this.#untoldSinceMs = null;
  }

  async #restIfItCan(): Promise<void> {
    try {
      await this.#rest();
    } catch (thrown) {
      if (!isPeristaError(thrown)) throw thrown;
    }
  }

  /** Until the next tick is due, or until the relay is off where it was asked for all that is left. */
  async #sleepAWhile(): Promise<void> {
    if (this.#asked === null || this.#isStopping) return;
    await this.#sleep.until(this.#asked.atMs + Math.min(TICK_MS, this.#asked.forMs));
  }

  /** Whether its deadline has turned it off: a process that was frozen asks by a tick before it goes on. */
  #isCut(): boolean {
    return this.#asked !== null && this.#onSinceAskedMs() >= this.#asked.forMs;
  }

  /** At most: the deadline that was given counts. */
  #onSinceAskedMs(): number {
    if (this.#asked === null) return 0;
    return Math.min(this.#parts.clock.monotonicMs() - this.#asked.atMs, this.#asked.forMs);
  }

  #leftMs(): number {
    return this.#parts.targetMs - this.#parts.onMs();
  }

  #reachMs(): number {
    return Math.max(0, Math.min(REACH_MS, Math.ceil(this.#leftMs())));
  }

  async #tickIfTurned(): Promise<void> {
    if (this.#parts.onMs() > this.#tickedMs && !this.#isStopping) await this.#tick(this.#reachMs());
  }

  async #tick(nextChunkCounts: number): Promise<void> {
    const elapsedMs = this.#startedMs === null ? 0 : this.#parts.clock.monotonicMs() - this.#startedMs;
    const onMs = this.#parts.onMs();
    try {
      await this.#parts.onTick({ elapsedMs, nextChunkCounts });
      this.#tickedMs = onMs;
    } catch (thrown) {
      this.#tickFailure = thrown;
      throw thrown;
    }
  }
}
