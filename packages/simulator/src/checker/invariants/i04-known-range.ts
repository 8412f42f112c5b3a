import type { Chronicle, DoseFacts } from '../chronicle.ts';
import { type Invariant, TOLERANCE_TURNS, type Verdict } from '../invariant.ts';
import { isAskedAgain, isDenied, type LedgerDose } from '../ledger-dose.ts';
import { overrunMl, unseenMl } from '../overrun.ts';

/** Whether the true volume lies in a range that somebody wrote down. */
function lies(
  who: string,
  dose: DoseFacts,
  range: { readonly lo: number; readonly hi: number; readonly isOpen: boolean },
  chronicle: Chronicle,
): Verdict {
  const trueMl = chronicle.trueMl(dose);
  const toleranceMl = TOLERANCE_TURNS * (dose.start?.mlPerRev ?? 0) + unseenMl(dose);
  const mayPassMl = range.isOpen ? Math.max(toleranceMl, overrunMl(dose)) : toleranceMl;
  if (trueMl >= range.lo - toleranceMl && trueMl <= range.hi + mayPassMl) return null;
  const [lo, hi] = [range.lo.toFixed(4), range.hi.toFixed(4)];
  return `${who} says ${lo} to ${hi} ml of dose ${dose.doseId}, and it gave ${trueMl.toFixed(4)} ml`;
}

const bookedRange = ({ lo_ml, hi_ml, ended_at_ms }: LedgerDose) => ({
  lo: lo_ml,
  hi: hi_ml,
  isOpen: ended_at_ms === null,
});

export const knownRange: Invariant = {
  id: 'I4',
  rule: 'lo ≤ true volume ≤ hi for each dose at each instant',
  begin: () => ({
    'ledger-changed': ({ dose: row }, chronicle) => {
      const dose = chronicle.find(row.dose_id);
      return dose === undefined || isDenied(dose, row) || isAskedAgain(dose, row)
        ? null
        : lies('the ledger', dose, bookedRange(row), chronicle);
    },
    always: (chronicle) => {
      for (const dose of chronicle.lastStarted.values()) {
        const { row, end } = dose;
        const byJournal =
          end === null ? null : lies('the agent', dose, { lo: end.loMl, hi: end.hiMl, isOpen: false }, chronicle);
        if (byJournal !== null) return byJournal;
        const byLedger =
          row === null || isDenied(dose, row) || isAskedAgain(dose, row)
            ? null
            : lies('the ledger', dose, bookedRange(row), chronicle);
        if (byLedger !== null) return byLedger;
      }
      return null;
    },
  }),
};
