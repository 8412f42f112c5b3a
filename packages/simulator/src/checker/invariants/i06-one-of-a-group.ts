import type { Invariant } from '../invariant.ts';

export const oneOfAGroup: Invariant = {
  id: 'I6',
  rule: 'at most one pump of a group moves, also during boot, crash and stop',
  begin: () => ({
    always: (chronicle) => {
      if (!chronicle.hasGroup) return null;
      const moving = [...chronicle.pumps.values()].filter((pump) => pump.isMoving());
      return moving.length > 1 ? `${moving.map(({ pumpId }) => pumpId).join(' and ')} move together` : null;
    },
  }),
};
