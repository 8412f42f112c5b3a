/** Stops a pending timer; calling it again does nothing. */
export type Cancel = () => void;

/** The only way that logic learns of time. Handed in, so that a simulator can live years in minutes. */
export interface Clock {
  /** Milliseconds that never go back; unrelated to the calendar and to other processes. All durations use it. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z as the machine believes; may step either way. */
  wallMs(): number;
  /** Calls `fn` once, `delayMs` from now on the monotonic clock. */
  after(delayMs: number, fn: () => void): Cancel;
}

/** What a JavaScript host offers to build a {@link Clock} from; `globalThis` fits. */
export interface TimerHost {
  readonly performance: { now(): number };
  readonly Date: { now(): number };
  setTimeout(fn: () => void, delayMs: number): unknown;
  clearTimeout(timer: never): void;
}

/** The clock of a running process: `hostClock(globalThis)` in a composition root, nowhere else. */
export function hostClock(host: TimerHost): Clock {
  return {
    monotonicMs: () => host.performance.now(),
    wallMs: () => host.Date.now(),
    after(delayMs, fn) {
      const timer = host.setTimeout(fn, delayMs);
      return () => host.clearTimeout(timer as never);
    },
  };
}

/** Resolves `delayMs` later. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/**
 * Settles as `promise` does, or rejects with `makeError()` after `limitMs`.
 * The work behind `promise` goes on; what it owns must be released by its owner.
 */
export function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  promise: Promise<T>,
  makeError: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(makeError()));
    promise.then(resolve, reject).finally(cancel);
  });
}
