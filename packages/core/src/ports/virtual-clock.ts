import type { Cancel, Clock } from './clock.ts';

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

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
  #nowMs = 0;
  #wallOffsetMs: number;
  #orders = 0;
  #entries: Entry[] = [];
  readonly #settle: () => Promise<void>;

  constructor(options: { wallMs?: number; settle?: () => Promise<void> } = {}) {
    this.#wallOffsetMs = options.wallMs ?? 0;
    this.#settle = options.settle ?? drainMicrotasks;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  after(delayMs: number, fn: () => void): Cancel {
    const entry = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#orders++, fn };
    const next = this.#entries.findIndex((other) => other.dueMs > entry.dueMs);
    this.#entries.splice(next === -1 ? this.#entries.length : next, 0, entry);
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  /** Moves the wall clock alone, as NTP or an operator would. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Lives through the next `byMs`, firing each timer at its instant. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await this.#settle();
    for (;;) {
      const next = this.#entries[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#entries.shift();
      this.#nowMs = next.dueMs;
      next.fn();
      await this.#settle();
    }
    this.#nowMs = untilMs;
  }

  /** Lives on until `promise` settles; throws if nothing is due any more, or after `limitMs`. */
  async until<T>(promise: Promise<T>, limitMs = Number.POSITIVE_INFINITY): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    const deadlineMs = this.#nowMs + limitMs;
    await this.#settle();
    while (!settled) {
      const next = this.#entries[0];
      if (next === undefined) throw new Error('virtual time is over: no timer is due and the promise is pending');
      if (next.dueMs > deadlineMs) throw new Error(`still pending after ${limitMs} ms of virtual time`);
      await this.advance(next.dueMs - this.#nowMs);
    }
    return promise;
  }
}
