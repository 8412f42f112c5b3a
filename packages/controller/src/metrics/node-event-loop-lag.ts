import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoopLag } from './event-loop-lag.ts';

const RESOLUTION_MS = 20;

/** {@link EventLoopLag} of this process, sampled every 20 ms. */
export function nodeEventLoopLag(): EventLoopLag {
  const intervals = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  intervals.enable();
  return {
    takeLongestS() {
      // What is recorded is the time from one sample to the next.
      const longestMs = intervals.max / 1e6 - RESOLUTION_MS;
      intervals.reset();
      return Math.max(0, longestMs) / 1000;
    },
  };
}
