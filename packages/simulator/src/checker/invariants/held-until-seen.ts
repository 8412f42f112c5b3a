import type { Invariant } from '../invariant.ts';

export const heldUntilSeen: Invariant = {
  id: 'P3',
  rule: 'a pump whose dose ended uncertain does not dose until somebody has looked at it',
  begin() {
    const held = new Map<string, string>();
    /** Told once; books that were put back tell them again. */
    const told = new Set<string>();
    return {
      'ledger-changed': ({ dose }) => {
        if (dose.state !== 'uncertain' || told.has(dose.dose_id)) return null;
        told.add(dose.dose_id);
        held.set(dose.pump_id, dose.dose_id);
        return null;
      },
      'pump-released': ({ pumpId }) => {
        held.delete(pumpId);
        return null;
      },
      'backup-restored': () => {
        held.clear();
        return null;
      },
      'start-journalled': ({ start: { doseId, pumpId } }, chronicle) => {
        const by = held.get(pumpId);
        const wasSentBefore = chronicle.find(doseId)?.row == null;
        return by === undefined || wasSentBefore ? null : `dose ${doseId} began while ${by} holds its pump`;
      },
    };
  },
};
