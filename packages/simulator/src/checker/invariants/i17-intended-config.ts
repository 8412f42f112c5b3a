import { type Invariant } from '../invariant.ts';
import { plannedTurns } from '../ledger-dose.ts';

const ROUNDING_TURNS = 1e-6;

export const intendedConfig: Invariant = {
  id: 'I17',
  rule: 'the configuration used is the one in INTENT',
  begin: () => ({
    'start-journalled': ({ start }, chronicle) => {
      const row = chronicle.find(start.doseId)?.row;
      if (row == null || row.ml_per_rev === null) return null;
      if (row.ml_per_rev !== start.mlPerRev) {
        return `dose ${start.doseId} was planned with ${row.ml_per_rev} ml a turn and begun with ${start.mlPerRev}`;
      }
      const turns = start.targetCounts / start.encoder.countsPerRev;
      const planned = plannedTurns(row, chronicle.pump(start.pumpId).pulsesPerRev);
      return Math.abs(turns - planned) > ROUNDING_TURNS
        ? `dose ${start.doseId} was planned with ${planned} turns and begun with ${turns}`
        : null;
    },
  }),
};
