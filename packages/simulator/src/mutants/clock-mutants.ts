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
  'dead-clock-is-believed': {
    defect: 'a clock that nobody has set since the machine started is believed',
    breaks: ['P20'],
    shows: ['dead-clock'],
    composition: { timeSource: (source) => ({ ...source, isSynchronised: () => true }) },
  },
  'accepted-once-for-all': {
    defect: 'who vouched for the clock once vouches for it after each start of the machine',
    breaks: ['P20'],
    shows: ['dead-clock', 'accept-time'],
    composition: { timeSource: (source) => ({ ...source, bootId: 'boot' }) },
  },
  'accepted-time-is-the-mark': {
    defect: 'the high-water mark of time goes back to a time that somebody vouches for',
    breaks: ['I20'],
    shows: ['dead-clock', 'accept-time', 'clock-step'],
    composition: {
      store: (store) => ({
        ...store,
        run: (sql, ...params) => {
          const [name, value] = params;
          if (name === 'time_accepted') {
            const { mark_ms } = JSON.parse(String(value)) as { mark_ms: number };
            store.run(sql, 'high_water_ms', JSON.stringify(mark_ms));
          }
          return store.run(sql, ...params);
        },
      }),
    },
  },
} as const satisfies Record<string, Mutant>;
