import type { DoseFacts } from '../chronicle.ts';
import { type Invariant, TOLERANCE_TURNS } from '../invariant.ts';

/**
 * A shaft that was held when its board fell silent makes up its chunk when it comes free, and one that runs by itself goes
 * on when its coils come back; I4 bounds both.
 */
const isUnfinished = ({ hardships }: DoseFacts) =>
  hardships.has('stall') && (hardships.has('unplugged') || hardships.has('runaway'));

export const oneMotion: Invariant = {
  id: 'I3',
  rule: 'at most one motion per dose id, ever',
  begin() {
    /** Where the shaft of a pump rested after its last dose had ended. */
    const rests = new Map<string, { readonly doseId: string; readonly turns: number }>();
    const ended = new Set<string>();
    return {
      'start-journalled': ({ start }, chronicle) => {
        rests.delete(start.pumpId);
        const before = chronicle.find(start.doseId)?.start;
        if (ended.has(start.doseId) || (before != null && before !== start)) {
          return `dose ${start.doseId} was begun a second time`;
        }
        return null;
      },
      'end-journalled': ({ start }) => {
        ended.add(start.doseId);
        return null;
      },
      always: (chronicle) => {
        for (const pump of chronicle.pumps.values()) {
          const last = chronicle.lastStarted.get(pump.pumpId);
          if (last === undefined || last.end === null || isUnfinished(last)) continue;
          const rest = rests.get(pump.pumpId);
          const turns = pump.turns();
          if (rest === undefined || rest.doseId !== last.doseId) {
            if (!pump.isMoving()) rests.set(pump.pumpId, { doseId: last.doseId, turns });
          } else if (Math.abs(turns - rest.turns) > TOLERANCE_TURNS) {
            return `pump ${pump.pumpId} turned by ${(turns - rest.turns).toFixed(3)} after dose ${last.doseId} was over`;
          }
        }
        return null;
      },
    };
  },
};
