import { capFor } from '@perista/protocol/link';
import { isInFirstTurn } from '../first-turn.ts';
import { type Invariant, TOLERANCE_TURNS } from '../invariant.ts';
import { overrunMl } from '../overrun.ts';

/** A shaft that turned back, or a medium that lost the last tick, or may have. */
const TWICE = ['reversed', 'runaway', 'rot', 'torn'];
/** What lies between two places in the first turn of a counter, one on each side of its zero. */
const AROUND_ZERO_TURNS = 2;

export const boundedWidth: Invariant = {
  id: 'I16',
  rule: 'an uncertain width ≤ its published bound: one chunk, two where the shaft turned back or a tick is lost, two chunks or turns where it may have turned back or run on in the first turn of its counter, or the cap where the journal is lost',
  begin: () => ({
    'ledger-changed': ({ dose: row }, chronicle) => {
      if (row.state !== 'uncertain') return null;
      const widthMl = row.hi_ml - row.lo_ml;
      const dose = chronicle.find(row.dose_id);
      if (dose === undefined) return null;
      const { start, widestChunk, hardships } = dose;
      if (chronicle.pump(dose.pumpId).isRelay) return null;
      const mayHaveRunOn = start !== null && isInFirstTurn(start, chronicle.turnsOf(dose));
      const ways = mayHaveRunOn || TWICE.some((name) => hardships.has(name)) ? 2 : 1;
      const chunkTurns = start === null ? 0 : (widestChunk / start.encoder.countsPerRev) * 1.05 * ways;
      const boundTurns = mayHaveRunOn ? Math.max(chunkTurns, AROUND_ZERO_TURNS) : chunkTurns;
      const chunkMl = boundTurns * (start?.mlPerRev ?? 0);
      // Where a tick rots that is the only one, no more is known than the order.
      const isLost = row.code === 'E302' || widestChunk === 0 || hardships.has('rot');
      const capMl = capFor({ volumeMl: row.planned_hi_ml, durationMs: 0 }).volumeMl;
      const blurMl = 3 * TOLERANCE_TURNS * (start?.mlPerRev ?? row.ml_per_rev ?? 0);
      const boundMl = (isLost ? Math.max(capMl, chunkMl) : chunkMl) + blurMl + overrunMl(dose);
      return widthMl > boundMl
        ? `dose ${row.dose_id} is known within ${widthMl.toFixed(4)} ml, the bound is ${boundMl.toFixed(4)} ml`
        : null;
    },
  }),
};
