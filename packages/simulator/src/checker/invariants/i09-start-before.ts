import type { Invariant } from '../invariant.ts';

/** Of the journal and of a clock that is off by 100 ppm. */
const SLACK_MS = 500;

export const startBefore: Invariant = {
  id: 'I9',
  rule: 'no dose starts after its window',
  begin: () => ({
    'start-journalled': ({ start: { doseId } }, chronicle) => {
      const dose = chronicle.find(doseId);
      const row = dose?.row;
      if (dose?.startMs == null || dose.intentMs === null || row == null || row.start_before_ms === null) return null;
      const lateMs = dose.startMs - dose.intentMs - (row.start_before_ms - row.accepted_at_ms);
      return lateMs > SLACK_MS ? `dose ${doseId} started ${(lateMs / 1000).toFixed(1)} s after its window` : null;
    },
  }),
};
