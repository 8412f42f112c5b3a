import type { Cancel, Clock } from '@perista/core';
import type { Life } from './life.ts';

export interface ProcessClockOptions {
  /** What its monotonic clock shows when it is born, ms: it means nothing to another process. */
  readonly originMs: number;
  /** Its seconds are so much longer than true ones: 0.0001 is slow by 100 ppm. */
  readonly drift: number;
}

/** The clock as one process sees it. With the process its timers die. */
export function processClock(world: Clock, life: Life, { originMs, drift }: ProcessClockOptions): Clock {
  const bornMs = world.monotonicMs();
  const rate = 1 / (1 + drift);
  return {
    monotonicMs: () => originMs + (world.monotonicMs() - bornMs) * rate,
    wallMs: () => world.wallMs(),
    after(delayMs, fn): Cancel {
      return world.after(delayMs / rate, () => life.hear(fn));
    },
  };
}
