import { capFor } from '@perista/protocol/link';
import type { DoseFacts } from '../chronicle.ts';
import type { Invariant } from '../invariant.ts';
import { overrunMl } from '../overrun.ts';

/** As its row says; where an older ledger replaced that row, as it was begun. */
function plannedMl({ row, start, wasForgotten }: DoseFacts): number {
  const begunMl = start === null ? 0 : (start.targetCounts / start.encoder.countsPerRev) * start.mlPerRev;
  return wasForgotten ? begunMl : (row?.planned_hi_ml ?? 0);
}

export const singleCap: Invariant = {
  id: 'I2',
  rule: 'true volume per dose id ≤ its cap + overrun',
  begin: () => ({
    always: (chronicle) => {
      for (const dose of chronicle.lastStarted.values()) {
        if (dose.row === null) continue;
        const capMl = capFor({ volumeMl: plannedMl(dose), durationMs: 0 }).volumeMl;
        const trueMl = chronicle.trueMl(dose);
        if (trueMl > capMl + overrunMl(dose)) {
          return `dose ${dose.doseId} gave ${trueMl.toFixed(4)} ml, its cap is ${capMl.toFixed(4)} ml`;
        }
      }
      return null;
    },
  }),
};
