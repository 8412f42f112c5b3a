import type { Invariant } from '../invariant.ts';
import { LateStarts } from '../late-starts.ts';

/** Of the journal and of a clock that is off by 100 ppm. */
const SLACK_MS = 500;

export const startBefore: Invariant = {
  id: 'I9',
  rule: 'no dose starts after its window',
  begin() {
    let setBack: readonly { readonly atMs: number; readonly byMs: number }[] = [];
    let controllerBeganMs = 0;
    const late = new LateStarts();
    return {
      ...late.watch,
      'clock-set': ({ byMs }, chronicle) => {
        if (byMs < 0) setBack = [...setBack, { atMs: chronicle.nowMs, byMs: -byMs }];
        return null;
      },
      'process-began': ({ process }, chronicle) => {
        if (process === 'controller') controllerBeganMs = chronicle.nowMs;
        return null;
      },
      'start-journalled': ({ start: { doseId } }, chronicle) => {
        const dose = chronicle.find(doseId);
        const row = dose?.row;
        if (dose?.startMs == null || dose.intentMs === null || row == null || row.start_before_ms === null) return null;
        const { intentMs, startMs } = dose;
        // A controller that starts has only the wall clock to tell how old an order is.
        const backMs = setBack
          .filter(({ atMs }) => atMs > intentMs && atMs < controllerBeganMs)
          .reduce((sum, { byMs }) => sum + byMs, 0);
        const lateMs = startMs - intentMs - (row.start_before_ms - row.accepted_at_ms) - backMs;
        if (lateMs > SLACK_MS)
          late.note(doseId, `dose ${doseId} started ${(lateMs / 1000).toFixed(1)} s after its window`);
        return null;
      },
    };
  },
};
