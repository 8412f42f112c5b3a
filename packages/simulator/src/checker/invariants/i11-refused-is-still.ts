import type { Invariant } from '../invariant.ts';

export const refusedIsStill: Invariant = {
  id: 'I11',
  rule: 'answered "refused" ⇒ true volume 0',
  begin() {
    const refused = new Set<string>();
    return {
      'order-answered': ({ answer }, chronicle) => {
        if (answer.kind !== 'refused' || answer.doseId === null) return null;
        refused.add(answer.doseId);
        const dose = chronicle.find(answer.doseId);
        // Nobody who looks at a ledger that was put back can know what the newer one had begun.
        return dose?.start == null || dose.wasForgotten ? null : `dose ${answer.doseId} was begun and then refused`;
      },
      'start-journalled': ({ start: { doseId } }) =>
        refused.has(doseId) ? `dose ${doseId} was refused and then begun` : null,
    };
  },
};
