import { isInFirstTurn } from '../first-turn.ts';
import type { Invariant } from '../invariant.ts';

export const knownAfterCrash: Invariant = {
  id: 'S1',
  rule: 'no dose of a stepper that counts its turns ends uncertain after a crash of controller or agent',
  begin: () => ({
    'ledger-changed': ({ dose: row }, chronicle) => {
      const dose = chronicle.find(row.dose_id);
      // A dose that was found again in the agent's memory is known by its range alone.
      const isFound = row.sent_epoch === 0;
      if (row.state !== 'uncertain' || isFound || dose?.start == null || dose.hardships.size > 0) return null;
      if (chronicle.pump(dose.pumpId).isRelay) return null;
      if (dose.start.encoder.bits === 16 || isInFirstTurn(dose.start, chronicle.turnsOf(dose))) return null;
      return `dose ${row.dose_id} ended uncertain, ${row.lo_ml.toFixed(3)} to ${row.hi_ml.toFixed(3)} ml`;
    },
  }),
};
