import type { Invariant } from '../invariant.ts';

export const trustedTime: Invariant = {
  id: 'P20',
  rule: 'nothing is ordered by the calendar while nobody vouches for the clock, or it shows an earlier time than before',
  begin() {
    const seen = new Set<string>();
    return {
      'ledger-changed': ({ dose: { dose_id: doseId, cause, ended_at_ms, sent_epoch } }, chronicle) => {
        // What was found in the agent's memory is ordered no more.
        if (cause !== 'schedule' || sent_epoch === 0 || seen.has(doseId)) return null;
        seen.add(doseId);
        return ended_at_ms === null && !chronicle.isTimeTrusted
          ? `dose ${doseId} was ordered by a clock that shows ${new Date(chronicle.wallMs).toISOString()}`
          : null;
      },
    };
  },
};
