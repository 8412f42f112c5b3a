/** While a dose is open the agent wants to hear the controller within this time, ms: a quick restart may adopt it. */
export const LEASE_MS = 3_000;

/** While a button primes, the agent wants to hear within this time that it is still held, ms. */
export const HOLD_MS = 1_000;
