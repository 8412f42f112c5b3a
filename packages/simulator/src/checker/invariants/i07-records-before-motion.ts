import { type Invariant, TOLERANCE_TURNS } from '../invariant.ts';

export const recordsBeforeMotion: Invariant = {
  id: 'I7',
  rule: 'no motion without a durable START, no START without a durable INTENT',
  begin() {
    const firstTurns = new Map<string, number>();
    return {
      'start-journalled': ({ start: { doseId } }, chronicle) =>
        chronicle.find(doseId)?.intentMs == null ? `START of dose ${doseId} is durable and its INTENT is not` : null,
      always: (chronicle) => {
        for (const pump of chronicle.pumps.values()) {
          if (chronicle.lastStarted.has(pump.pumpId)) continue;
          const turns = pump.turns();
          const first = firstTurns.get(pump.pumpId) ?? turns;
          firstTurns.set(pump.pumpId, first);
          if (Math.abs(turns - first) > TOLERANCE_TURNS) return `pump ${pump.pumpId} turned before any START`;
        }
        return null;
      },
    };
  },
};
