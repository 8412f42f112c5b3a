import type { Invariant } from '../invariant.ts';

/** Only for worlds without faults and without users who change their mind. */
export const faultless: Invariant = {
  id: 'F1',
  rule: 'where nothing goes wrong every accepted dose is done',
  begin: () => ({
    'ledger-changed': ({ dose }) =>
      dose.ended_at_ms !== null && dose.state !== 'done' && dose.state !== 'refused'
        ? `dose ${dose.dose_id} ended ${dose.state}`
        : null,
  }),
};
