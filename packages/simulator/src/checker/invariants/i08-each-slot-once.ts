import type { Chronicle } from '../chronicle.ts';
import type { Invariant, Verdict } from '../invariant.ts';
import { slotStartMs } from '../slot-book.ts';

const ENDS: ReadonlySet<string> = new Set([
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
  rule: 'each due occurrence of a weekly plan ends in exactly one way',
  begin() {
    const doses = new Map<string, string>();
    let highWaterMs = 0;
    const undecided = (chronicle: Chronicle): Verdict => {
      // A clock that was set back is not believed; what is due by it has to wait.
      const slot = chronicle.wallMs < highWaterMs ? null : chronicle.slots.undecided(chronicle.wallMs);
      return slot === null ? null : `slot ${slot.doseId} was due and has no end`;
    };
    return {
      'time-marked': (mark) => {
        highWaterMs = mark.highWaterMs;
        return null;
      },
      'backup-restored': () => {
        highWaterMs = 0;
        return null;
      },
      'ledger-changed': ({ dose: row }, chronicle) => {
        if (row.cause !== 'schedule') return null;
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
      quiet: (_, chronicle) => undecided(chronicle),
      unrest: (_, chronicle) => undecided(chronicle),
    };
  },
};
