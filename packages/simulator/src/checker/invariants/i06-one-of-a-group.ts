import type { Invariant } from '../invariant.ts';

export const oneOfAGroup: Invariant = {
  id: 'I6',
  rule: 'at most one pump of a group moves, also during boot, crash and stop',
  begin: () => ({
    always: (chronicle) => {
      const moving = new Map<string, string>();
      for (const { group, pumpId, isMoving } of chronicle.pumps.values()) {
        if (group === null || !isMoving()) continue;
        const other = moving.get(group);
        if (other !== undefined) return `${other} and ${pumpId} move together`;
        moving.set(group, pumpId);
      }
      return null;
    },
  }),
};
