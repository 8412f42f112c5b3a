import { CHUNK_LIMIT_MS } from '../chunk-limit.ts';
import type { Invariant } from '../invariant.ts';

const HARDSHIPS = ['runaway', 'stall'];

export const deadAgent: Invariant = {
  id: 'I14',
  rule: 'agent killed ⇒ the shaft ends at its chunk target',
  begin() {
    let deadMs: number | null = null;
    return {
      'process-ended': ({ process }, chronicle) => {
        if (process === 'agent') deadMs ??= chronicle.nowMs;
        return null;
      },
      'process-ready': ({ process }) => {
        if (process === 'agent') deadMs = null;
        return null;
      },
      always: (chronicle) => {
        if (deadMs === null || chronicle.nowMs < deadMs + CHUNK_LIMIT_MS) return null;
        for (const pump of chronicle.pumps.values()) {
          const dose = chronicle.lastStarted.get(pump.pumpId);
          if (pump.isMoving() && !HARDSHIPS.some((name) => dose?.hardships.has(name))) {
            return `pump ${pump.pumpId} moves ${Math.round(chronicle.nowMs - deadMs)} ms after its agent died`;
          }
        }
        return null;
      },
    };
  },
};
