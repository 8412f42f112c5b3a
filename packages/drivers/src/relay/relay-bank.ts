import { assert } from '@perista/core';

/**
 * Longest that one call of {@link RelayBank.set} keeps a relay on, ms. Whoever holds a relay and falls silent is cut within
 * 300 ms; the difference is for a late timer and for the write itself.
 */
export const LONGEST_ON_MS = 250;

/**
 * All relays of a dosing unit, of which at most one is on: what is written is "none" or exactly one. Nothing stays on by
 * itself, so that whoever fell silent, in whatever way, doses no further.
 */
export interface RelayBank {
  /** Channels are 1 … `channels`. */
  readonly channels: number;
  /**
   * Turns on `channel` and nothing else, for `forMs` from now (1 … {@link LONGEST_ON_MS}), or all off with
   * null, where `forMs` says nothing. The same channel again goes on without a gap. One call at a time; the newest holds.
   *
   * Resolves when it is switched, to how long a relay was on since the call before, in ms: from the instant at which it
   * was told to go on until it was known to be off, by its deadline too, or until now.
   * Rejects with PeristaError E110 if that is not known: then all is off within 300 ms, or when the next call resolves, or
   * the lines cannot be reached.
   */
  set(channel: number | null, forMs: number): Promise<number>;
  /** All off, and no use of it any more. */
  close(): Promise<void>;
}

/** Whoever switches relays knows which there are and how long they may be on. @throws AssertionError */
export function assertRelayOrder(channels: number, channel: number | null, forMs: number): void {
  if (channel === null) return;
  const isChannel = Number.isInteger(channel) && channel >= 1 && channel <= channels;
  assert(isChannel, `relay channel must be 1 to ${channels}, is ${channel}`);
  assert(forMs >= 1 && forMs <= LONGEST_ON_MS, `a relay is turned on for 1 to ${LONGEST_ON_MS} ms, not ${forMs}`);
}
