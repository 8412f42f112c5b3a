import type { Invariant } from '../invariant.ts';

/** Hardware troubles after which a range is all that can be known. */
export const knownAfterCrash: Invariant = {
  id: 'S1',
  rule: 'no dose of a stepper that counts its turns ends uncertain after a crash of controller or agent',
  begin: () => ({
    'ledger-changed': ({ dose: row }, chronicle) => {
      const dose = chronicle.find(row.dose_id);
      if (row.state !== 'uncertain' || dose?.start == null || dose.hardships.size > 0) return null;
      if (dose.start.encoder.bits === 16) return null;
      return `dose ${row.dose_id} ended uncertain, ${row.lo_ml.toFixed(3)} to ${row.hi_ml.toFixed(3)} ml`;
    },
  }),
};
