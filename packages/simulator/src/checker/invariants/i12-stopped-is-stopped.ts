import type { Chronicle, DoseFacts } from '../chronicle.ts';
import { type Invariant, TOLERANCE_TURNS, type Verdict } from '../invariant.ts';

/** An order that was on its way when nobody could tell the agent to stop ends with its time to live. */
const IN_FLIGHT_MS = 2_500;
const HARDSHIPS = ['runaway', 'unplugged', 'noise', 'powerless', 'stall', 'reversed'];

/** A pump that somebody was told to be at rest, and where its shaft stood then. */
interface Rest {
  /** Orders from before this instant may not move it any more. */
  readonly askedMs: number;
  readonly turns: number;
}

export const stoppedIsStopped: Invariant = {
  id: 'I12',
  rule: 'after an acknowledged STOP no motion until a new command',
  begin() {
    const rests = new Map<string, Rest>();
    /** Turns of cancelled doses when the answer was given. */
    const cancelled = new Map<string, number>();
    let latchedMs: number | null = null;
    let seenAtRest: readonly string[] = [];

    const rest = (pumpId: string, askedMs: number, chronicle: Chronicle) =>
      rests.set(pumpId, { askedMs, turns: chronicle.pump(pumpId).turns() });
    const isHard = (dose: DoseFacts) => HARDSHIPS.some((name) => dose.hardships.has(name));
    const judge = (dose: DoseFacts, chronicle: Chronicle): Verdict => {
      const atCancel = cancelled.get(dose.doseId);
      const known = rests.get(dose.pumpId);
      if ((atCancel === undefined && known === undefined) || isHard(dose)) return null;
      if (atCancel !== undefined && chronicle.turnsOf(dose) > atCancel + TOLERANCE_TURNS) {
        return `dose ${dose.doseId} was cancelled and moves`;
      }
      if (known === undefined || dose.intentMs === null || dose.intentMs >= known.askedMs) return null;
      const turned = Math.abs(chronicle.pump(dose.pumpId).turns() - known.turns);
      return turned > TOLERANCE_TURNS
        ? `pump ${dose.pumpId} was said to be at rest and moves for dose ${dose.doseId}`
        : null;
    };
    return {
      'stop-answered': ({ pumpId, askedMs, answer }, chronicle) => {
        if (answer.kind !== 'done' || !answer.value.at_rest.includes(pumpId)) return null;
        const dose = chronicle.lastStarted.get(pumpId);
        const isNew = dose?.intentMs != null && dose.intentMs >= askedMs;
        if (isNew) return null;
        rest(pumpId, askedMs, chronicle);
        const moves = chronicle.pump(pumpId).isMoving() && !(dose !== undefined && isHard(dose));
        return moves ? `pump ${pumpId} was said to be at rest and moves` : null;
      },
      'cancel-answered': ({ doseId, answer }, chronicle) => {
        const dose = chronicle.find(doseId);
        if (answer.kind === 'done' && dose !== undefined) cancelled.set(doseId, chronicle.turnsOf(dose));
        return null;
      },
      'emergency-answered': ({ askedMs, answer }, chronicle) => {
        if (answer.kind !== 'done' || !answer.value.latched) return null;
        latchedMs ??= chronicle.nowMs;
        seenAtRest = answer.value.outcome?.at_rest ?? [];
        for (const pumpId of seenAtRest) rest(pumpId, askedMs, chronicle);
        return null;
      },
      'release-asked': () => {
        latchedMs = null;
        return null;
      },
      'backup-restored': () => {
        latchedMs = null;
        rests.clear();
        return null;
      },
      'tick-journalled': ({ doseId, pumpId }, chronicle) => {
        if (latchedMs === null || seenAtRest.includes(pumpId)) return null;
        const dose = chronicle.find(doseId);
        const isNew = dose?.startMs != null && dose.startMs > latchedMs + IN_FLIGHT_MS;
        return isNew ? `dose ${doseId} began under the emergency stop` : null;
      },
      always: (chronicle) => {
        if (rests.size === 0 && cancelled.size === 0) return null;
        for (const dose of chronicle.lastStarted.values()) {
          const verdict = judge(dose, chronicle);
          if (verdict !== null) return verdict;
        }
        return null;
      },
    };
  },
};
