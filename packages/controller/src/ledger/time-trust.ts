import { isPlausible } from '@perista/core';

/** A clock that was set by a hair, as time servers do. */
const STEP_BACK_MS = 2_000;

/** What is known of the time. */
export interface TimeSigns {
  readonly wallMs: number;
  /** The latest time that was ever shown, or since somebody said that the time is right; ms since 1970. */
  readonly markMs: number;
  /** Somebody or something vouches for it: a time server, a clock with a battery, a person. */
  readonly isVouchedFor: boolean;
}

/** Why the calendar cannot be trusted, in words, or null (P20). */
export function whyUntrusted({ wallMs, markMs, isVouchedFor }: TimeSigns): string | null {
  if (!isPlausible(wallMs)) return 'The clock shows a year before 2024 or after 2099; set it.';
  if (wallMs < markMs - STEP_BACK_MS) {
    return `The clock shows an earlier time than it did before (${new Date(markMs).toISOString()}); set it, wait until it is past that, or accept the time.`;
  }
  if (isVouchedFor) return null;
  return 'No time server has set the clock since the machine was started; wait for one, or accept the time.';
}
