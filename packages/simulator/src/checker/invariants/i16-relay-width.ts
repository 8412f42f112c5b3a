import type { DoseStart } from '@perista/agent';
import { capFor } from '@perista/protocol/link';
import { type Invariant, TOLERANCE_TURNS } from '../invariant.ts';

/** From one tick to the next, and until whoever falls silent is cut: a turn is a second of being on. */
const REACH_TURNS = 0.4;

export const relayWidth: Invariant = {
  id: 'I16',
  rule: 'a dose of a relay is known within 0.4 s of its rate, from its last tick until all is off where its guard is lost, or within its cap where the journal or its first tick is',
  begin: () => ({
    'ledger-changed': ({ dose: row }, chronicle) => {
      if (row.state !== 'uncertain' || !chronicle.pump(row.pump_id).isRelay) return null;
      const dose = chronicle.find(row.dose_id);
      const mlPerRev = dose?.start?.mlPerRev ?? row.ml_per_rev ?? 0;
      const isLost =
        row.code === 'E302' ||
        dose === undefined ||
        dose.isRecordLost ||
        dose.hardships.has('rot') ||
        // A first tick that was torn looks like one that rotted.
        dose.lastTickMs === null;
      // A ledger that had missed the slot when an older copy took its place has no cap for it; its order had one.
      const orderedMl = dose?.start == null ? 0 : capOf(dose.start);
      const capMl = Math.max(capFor({ volumeMl: row.planned_hi_ml, durationMs: 0 }).volumeMl, orderedMl);
      // A guard that was lost told nothing until the next one, or nobody, could be asked.
      const untoldMs =
        row.code === 'E110' && dose?.tickReadAfterMs != null ? chronicle.nowMs - dose.tickReadAfterMs : 0;
      const reachMl = Math.max(REACH_TURNS, untoldMs / 1000) * mlPerRev;
      const boundMl = (isLost ? Math.max(capMl, reachMl) : reachMl) + TOLERANCE_TURNS * mlPerRev;
      const widthMl = row.hi_ml - row.lo_ml;
      return widthMl > boundMl
        ? `dose ${row.dose_id} is known within ${widthMl.toFixed(4)} ml, the bound is ${boundMl.toFixed(4)} ml`
        : null;
    },
  }),
};

const capOf = ({ capCounts, encoder, mlPerRev }: DoseStart): number => (capCounts / encoder.countsPerRev) * mlPerRev;
