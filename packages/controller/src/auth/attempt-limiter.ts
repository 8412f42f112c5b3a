import type { Clock } from '@perista/core';

export interface AttemptRule {
  /** Attempts a key may make in any `windowMs`. */
  readonly attempts: number;
  readonly windowMs: number;
  /** A key that goes on is shut out for `windowMs`, then twice that, and so on up to here. */
  readonly longestShutMs: number;
}

interface Tally {
  /** Monotonic instants of the attempts inside the window, oldest first. */
  attemptsMs: number[];
  shuts: number;
  shutUntilMs: number;
  lastMs: number;
}

/** Keys remembered at most; past it the one that was quiet for longest is forgotten. */
const MAX_KEYS = 5_000;

/** Slows down guessing. Lives in memory on monotonic time, so neither a clock step nor a full disk opens it. */
export class AttemptLimiter {
  readonly #clock: Clock;
  readonly #rule: AttemptRule;
  /** In order of last use: the first is the longest quiet. */
  readonly #tallies = new Map<string, Tally>();

  constructor(clock: Clock, rule: AttemptRule) {
    this.#clock = clock;
    this.#rule = rule;
  }

  /** Counts an attempt of `key` before it is made; returns 0 if it may go on, else the ms to wait. */
  attempt(key: string): number {
    const nowMs = this.#clock.monotonicMs();
    const { attempts, windowMs, longestShutMs } = this.#rule;
    const tally = this.#touch(key, nowMs);
    if (nowMs < tally.shutUntilMs) return tally.shutUntilMs - nowMs;

    tally.attemptsMs = tally.attemptsMs.filter((atMs) => nowMs - atMs < windowMs);
    if (tally.attemptsMs.length < attempts) {
      tally.attemptsMs.push(nowMs);
      return 0;
    }
    const shutMs = Math.min(windowMs * 2 ** tally.shuts, longestShutMs);
    tally.shuts++;
    tally.shutUntilMs = nowMs + shutMs;
    tally.attemptsMs = [];
    return shutMs;
  }

  /** Forgives `key` everything: it proved itself. */
  forgive(key: string): void {
    this.#tallies.delete(key);
  }

  /** Takes back one attempt of `key`, for a key that many share. */
  refund(key: string): void {
    this.#tallies.get(key)?.attemptsMs.pop();
  }

  #touch(key: string, nowMs: number): Tally {
    const known = this.#tallies.get(key);
    const tally =
      known === undefined || nowMs - known.lastMs > this.#rule.longestShutMs * 2
        ? { attemptsMs: [], shuts: 0, shutUntilMs: 0, lastMs: nowMs }
        : known;
    tally.lastMs = nowMs;
    this.#tallies.delete(key);
    this.#tallies.set(key, tally);
    const [longestQuiet] = this.#tallies.keys();
    if (this.#tallies.size > MAX_KEYS && longestQuiet !== undefined) this.#tallies.delete(longestQuiet);
    return tally;
  }
}
