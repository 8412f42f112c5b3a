import type { Invariant } from '../invariant.ts';

export const highWater: Invariant = {
  id: 'I20',
  rule: 'the high-water mark of time never decreases',
  begin() {
    let highest = 0;
    return {
      'time-marked': ({ highWaterMs }) => {
        const before = highest;
        highest = highWaterMs;
        return highWaterMs < before ? `it went back by ${before - highWaterMs} ms` : null;
      },
      'backup-restored': () => {
        highest = 0;
        return null;
      },
    };
  },
};
