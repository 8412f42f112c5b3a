/** A clock that was set by a hair, as time servers do. */
const STEP_BACK_MS = 2_000;
const FIRST_MS = Date.UTC(2024, 0);
const END_MS = Date.UTC(2100, 0);

/**
 * Why the calendar cannot be trusted, in words, or null (P20): the year is out of the range in which this unit can
 * live, or the clock shows an earlier time than it once did.
 */
export function whyUntrusted(wallMs: number, highWaterMs: number): string | null {
  if (wallMs < FIRST_MS || wallMs >= END_MS) return 'The clock shows a year before 2024 or after 2099; set it.';
  if (wallMs >= highWaterMs - STEP_BACK_MS) return null;
  return `The clock shows an earlier time than it did before (${new Date(highWaterMs).toISOString()}); set it, or wait until it is past that.`;
}
