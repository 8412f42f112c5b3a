import type { Clock } from '@perista/core';

/** Resolves when `work` has resolved or `limitMs` are over; the work goes on then. Rejects as `work` does. */
export function waitAtMost(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, resolve);
    work.then(() => resolve(), reject).finally(cancel);
  });
}
