import type { Chronicle, DoseFacts } from '../chronicle.ts';
import { type Invariant, TOLERANCE_TURNS } from '../invariant.ts';
import { isDenied } from '../ledger-dose.ts';
import { unseenMl } from '../overrun.ts';
import { isPlausible } from '../time-trust.ts';

const WEEK_MS = 604_800_000;
/** The sum of a week changes slowly. */
const LOOK_EVERY_MS = 6 * 3_600_000;

/** No memory holds it any more: an old copy replaced its ledger, and its record in the journal rotted. */
const isLost = (dose: DoseFacts) =>
  dose.isRecordLost && dose.wasForgotten && (dose.row === null || isDenied(dose, dose.row));

/** By true time, and by a clock that may have been set forward since: a ledger that came back is told of no older ones. */
function isOfWeek({ startMs, start }: DoseFacts, { nowMs, wallMs }: Chronicle): boolean {
  if (startMs === null || startMs <= nowMs - WEEK_MS) return false;
  const startedAtMs = start?.startedAtWallMs ?? wallMs;
  return !isPlausible(startedAtMs) || startedAtMs > wallMs - WEEK_MS;
}

export const chargedBudget: Invariant = {
  id: 'I5',
  rule: 'budget charged ≥ true volume',
  begin() {
    const started = new Map<string, DoseFacts[]>();
    let lookedMs = 0;
    return {
      'start-journalled': ({ start }, chronicle) => {
        const dose = chronicle.find(start.doseId);
        const ofPump = started.get(start.pumpId) ?? [];
        if (dose !== undefined && !ofPump.includes(dose)) ofPump.push(dose);
        started.set(start.pumpId, ofPump);
        return null;
      },
      quiet: (_, chronicle) => {
        if (chronicle.nowMs < lookedMs + LOOK_EVERY_MS) return null;
        lookedMs = chronicle.nowMs;
        for (const [pumpId, doses] of started) {
          const ofWeek = doses.filter((dose) => isOfWeek(dose, chronicle));
          started.set(pumpId, ofWeek);
          const known = ofWeek.filter((dose) => !isLost(dose));
          const trueMl = known.reduce((sum, dose) => sum + chronicle.trueMl(dose), 0);
          const chargedMl = ofWeek.reduce((sum, { row }) => sum + (row?.hi_ml ?? 0), 0);
          const blurMl = ofWeek.reduce(
            (sum, dose) => sum + TOLERANCE_TURNS * (dose.start?.mlPerRev ?? 0) + unseenMl(dose),
            0,
          );
          if (trueMl > chargedMl + blurMl) {
            return `pump ${pumpId} gave ${trueMl.toFixed(3)} ml in a week and ${chargedMl.toFixed(3)} ml are charged`;
          }
        }
        return null;
      },
    };
  },
};
