import type { Invariant } from '../invariant.ts';

export const newEpoch: Invariant = {
  id: 'I15',
  rule: 'boot ⇒ no motion until a START under a new epoch',
  begin() {
    /** Under which anything began: an epoch that did not become durable may be chosen again. */
    let highestBefore = 0n;
    let highest = 0n;
    let ofThisRun = new Set<bigint>();
    return {
      'process-began': ({ process }) => {
        if (process !== 'agent') return null;
        highestBefore = highest;
        ofThisRun = new Set();
        return null;
      },
      'hello-arrived': ({ epoch }) => {
        ofThisRun.add(epoch);
        return null;
      },
      'start-journalled': ({ start: { doseId, epoch } }) => {
        const under = BigInt(epoch);
        if (under > highest) highest = under;
        if (under > highestBefore && ofThisRun.has(under)) return null;
        return `dose ${doseId} began under epoch ${epoch}, which was not opened with this run of the agent`;
      },
    };
  },
};
