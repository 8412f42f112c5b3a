import type { Invariant } from '../invariant.ts';

export const endBeforeAnswer: Invariant = {
  id: 'P13',
  rule: 'END stands in the journal before anybody is told of it',
  begin: () => ({
    'ledger-changed': ({ dose: row }, chronicle) => {
      const dose = chronicle.find(row.dose_id);
      if (row.ended_at_ms === null || row.hi_ml === 0 || row.code === 'E302' || dose?.start == null) return null;
      return dose.end === null ? `dose ${row.dose_id} is settled and its END is not in the journal` : null;
    },
  }),
};
