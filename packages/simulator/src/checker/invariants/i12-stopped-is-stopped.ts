import type { Invariant } from '../invariant.ts';

/** An order that was on its way when nobody could tell the agent to stop ends with its time to live. */
const IN_FLIGHT_MS = 2_500;
const HARDSHIPS = ['runaway', 'unplugged', 'noise', 'powerless', 'stall'];

export const stoppedIsStopped: Invariant = {
  id: 'I12',
  rule: 'after an acknowledged STOP no motion until a new command',
  begin() {
    const askedMs = new Map<string, number>();
    const cancelled = new Set<string>();
    let latchedMs: number | null = null;
    let seenAtRest: readonly string[] = [];
    return {
      'stop-answered': ({ pumpId, askedMs: atMs, answer }, chronicle) => {
        if (answer.kind !== 'done' || !answer.value.at_rest.includes(pumpId)) return null;
        askedMs.set(pumpId, atMs);
        const dose = chronicle.lastStarted.get(pumpId);
        const isHard = HARDSHIPS.some((name) => dose?.hardships.has(name));
        const isNew = dose?.intentMs != null && dose.intentMs >= atMs;
        const moves = chronicle.pump(pumpId).isMoving() && !isNew && !isHard;
        return moves ? `pump ${pumpId} was said to be at rest and moves` : null;
      },
      'cancel-answered': ({ doseId, answer }) => {
        if (answer.kind === 'done') cancelled.add(doseId);
        return null;
      },
      'emergency-answered': ({ answer }, chronicle) => {
        if (answer.kind !== 'done' || !answer.value.latched) return null;
        latchedMs ??= chronicle.nowMs;
        seenAtRest = answer.value.outcome?.at_rest ?? [];
        return null;
      },
      'release-asked': () => {
        latchedMs = null;
        return null;
      },
      'backup-restored': () => {
        latchedMs = null;
        askedMs.clear();
        return null;
      },
      'start-journalled': ({ start: { doseId, pumpId } }, chronicle) => {
        const dose = chronicle.find(doseId);
        if (cancelled.has(doseId)) return `dose ${doseId} was cancelled and began`;
        const stoppedMs = askedMs.get(pumpId);
        if (stoppedMs !== undefined && dose?.intentMs != null && dose.intentMs < stoppedMs) {
          return `dose ${doseId} began after the stop of its pump that came after its order`;
        }
        if (latchedMs === null) return null;
        const graceMs = seenAtRest.includes(pumpId) ? 0 : IN_FLIGHT_MS;
        return chronicle.nowMs > latchedMs + graceMs ? `dose ${doseId} began under the emergency stop` : null;
      },
    };
  },
};
