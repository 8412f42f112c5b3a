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
        return chronicle.find(answer.doseId)?.start == null ? null : `dose ${answer.doseId} was begun and then refused`;
      },
      'start-journalled': ({ start: { doseId } }) =>
        refused.has(doseId) ? `dose ${doseId} was refused and then begun` : null,
    };
  },
};
