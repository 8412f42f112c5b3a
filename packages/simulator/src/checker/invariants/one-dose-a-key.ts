import type { Invariant } from '../invariant.ts';

export const oneDoseAKey: Invariant = {
  id: 'P2',
  rule: 'the same key is the same dose',
  begin() {
    const doses = new Map<string, string>();
    return {
      'order-answered': ({ answer, pumpId, key }) => {
        if (answer.kind !== 'done') return null;
        const { doseId } = answer.value;
        const before = doses.get(`${pumpId} ${key}`) ?? doseId;
        doses.set(`${pumpId} ${key}`, before);
        return before === doseId ? null : `${key} on ${pumpId} became ${before} and ${doseId}`;
      },
    };
  },
};
