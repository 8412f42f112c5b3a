import { capFor } from '@perista/protocol/link';
import type { Invariant } from '../invariant.ts';
import { overrunMl } from '../overrun.ts';

export const singleCap: Invariant = {
  id: 'I2',
  rule: 'true volume per dose id ≤ its cap + overrun',
  begin: () => ({
    always: (chronicle) => {
      for (const dose of chronicle.lastStarted.values()) {
        if (dose.row === null) continue;
        const capMl = capFor({ volumeMl: dose.row.planned_hi_ml, durationMs: 0 }).volumeMl;
        const trueMl = chronicle.trueMl(dose);
        if (trueMl > capMl + overrunMl(dose)) {
          return `dose ${dose.doseId} gave ${trueMl.toFixed(4)} ml, its cap is ${capMl.toFixed(4)} ml`;
        }
      }
      return null;
    },
  }),
};
