import type { Invariant } from '../invariant.ts';
import { isOfWeeklyPlan } from '../ledger-dose.ts';
import { slotStartMs } from '../slot-book.ts';

export const ENDS: ReadonlySet<string> = new Set([
  'done',
  'partial',
  'missed',
  'skipped',
  'refused',
  'cancelled',
  'uncertain',
]);

export const eachSlotOnce: Invariant = {
  id: 'I8',
  rule: 'each due occurrence, of a weekly plan or a schedule, ends in exactly one way',
  begin() {
    const doses = new Map<string, string>();
    return {
      'ledger-changed': ({ dose: row }, chronicle) => {
        if (!isOfWeeklyPlan(row)) return null;
        if (row.ended_at_ms !== null && !ENDS.has(row.state)) return `dose ${row.dose_id} ended ${row.state}`;
        const plan = chronicle.slots.of(row.pump_id);
        if (plan === undefined) return `dose ${row.dose_id} belongs to no plan`;
        const slot = `${row.pump_id} ${slotStartMs(plan, row.accepted_at_ms)}`;
        const before = doses.get(slot) ?? row.dose_id;
        doses.set(slot, before);
        return before === row.dose_id ? null : `doses ${before} and ${row.dose_id} are of one slot`;
      },
      'plan-set': (_, chronicle) => {
        const [slot] = chronicle.slots.forgone;
        return slot === undefined
          ? null
          : `slot ${slot.doseId} was due and was forgotten with the plan it fell due under`;
      },
      quiet: (_, chronicle) => chronicle.undecided(),
      unrest: (_, chronicle) => chronicle.undecided(),
    };
  },
};
