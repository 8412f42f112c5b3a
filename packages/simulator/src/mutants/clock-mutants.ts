import type { Clock } from '@perista/core';
import type { Mutant } from './mutant.ts';

const SLOW = 4;
/** Timers of that length are those of leases. */
const isLease = (delayMs: number) => delayMs > 2_500 && delayMs <= 3_000;

/** Defects of time. */
export const CLOCK_MUTANTS = {
  'lease-timer-is-late': {
    defect: 'the timer of a lease comes late',
    breaks: ['I13'],
    shows: ['controller-kill', 'link-half-open', 'link-cut'],
    composition: {
      agentClock: (clock: Clock): Clock => ({
        monotonicMs: () => clock.monotonicMs() / SLOW,
        wallMs: () => clock.wallMs(),
        after: (delayMs, fn) => clock.after(isLease(delayMs) ? delayMs * SLOW : delayMs, fn),
      }),
    },
  },
} as const satisfies Record<string, Mutant>;
