import type { Cancel, Clock } from './clock.ts';

interface Entry {
  /** On the clock that stands still while everything sleeps. */
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/** A wait takes time: one too short for the digits of an instant would come again and again at the same one, ms. */
const LEAST_WAIT_MS = 1e-6;

/** Turns of the microtask queue granted to code that a timer woke before time moves on. */
const TURNS_PER_EVENT = 50;

async function drainMicrotasks(): Promise<void> {
  for (let turn = 0; turn < TURNS_PER_EVENT; turn++) await null;
}

/**
 * A clock that stands still until told to advance. Timers fire in order of due time, then of creation.
 * `settle` runs after each timer so that promises it woke may run; hand one in when they need more than microtasks.
 */
export class VirtualClock implements Clock {
  #awakeMs = 0;
  #sleptMs = 0;
  #wallOffsetMs: number;
  #orders = 0;
  readonly #entries: Entry[] = [];
  readonly #settle: () => Promise<void>;

  constructor(options: { wallMs?: number; settle?: () => Promise<void> } = {}) {
    this.#wallOffsetMs = options.wallMs ?? 0;
    this.#settle = options.settle ?? drainMicrotasks;
  }

  monotonicMs(): number {
    return this.#awakeMs + this.#sleptMs;
  }

  wallMs(): number {
    return this.monotonicMs() + this.#wallOffsetMs;
  }

  after(delayMs: number, fn: () => void): Cancel {
    const waitMs = delayMs > 0 ? Math.max(LEAST_WAIT_MS, delayMs) : 0;
    const entry = { dueMs: this.#awakeMs + waitMs, order: this.#orders++, fn };
    this.#entries.splice(this.#placeOf(entry), 0, entry);
    return () => {
      const place = this.#placeOf(entry);
      if (this.#entries[place] === entry) this.#entries.splice(place, 1);
    };
  }

  /** Moves the wall clock alone, as NTP or an operator would. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Lets `byMs` pass over all alike, as a machine that sleeps: both clocks go on, and each timer comes so much later. */
  sleepThrough(byMs: number): void {
    this.#sleptMs += byMs;
  }

  /** Lives through the next `byMs`, firing each timer at its instant. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#awakeMs + byMs;
    await this.#settle();
    for (;;) {
      const next = this.#entries[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#entries.shift();
      this.#awakeMs = next.dueMs;
      next.fn();
      await this.#settle();
    }
    this.#awakeMs = untilMs;
  }

  /** Lives on until `promise` settles; throws if nothing is due any more, or after `limitMs`. */
  async until<T>(promise: Promise<T>, limitMs = Number.POSITIVE_INFINITY): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    const deadlineMs = this.#awakeMs + limitMs;
    await this.#settle();
    while (!settled) {
      const next = this.#entries[0];
      if (next === undefined) throw new Error('virtual time is over: no timer is due and the promise is pending');
      if (next.dueMs > deadlineMs) throw new Error(`still pending after ${limitMs} ms of virtual time`);
      await this.advance(next.dueMs - this.#awakeMs);
    }
    return promise;
  }

  /** Where `entry` stands or belongs: behind all that are due before it or were created before it. */
  #placeOf({ dueMs, order }: Entry): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#entries[middle];
      const isBefore = other !== undefined && (other.dueMs < dueMs || (other.dueMs === dueMs && other.order < order));
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
