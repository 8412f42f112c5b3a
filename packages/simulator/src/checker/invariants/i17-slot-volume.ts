import type { Invariant } from '../invariant.ts';
import { isOfWeeklyPlan } from '../ledger-dose.ts';
import { dosesAWeek } from '../slot-book.ts';

/** A volume is planned in whole pulses. */
const WITHIN_PART = 0.005;
const WITHIN_ML = 0.001;

export const slotVolume: Invariant = {
  id: 'I17',
  rule: 'a slot is ordered with the volume that its plan says, whatever became of those before',
  begin() {
    const seen = new Set<string>();
    return {
      'ledger-changed': ({ dose: row }, chronicle) => {
        const plan = chronicle.slots.of(row.pump_id);
        if (!isOfWeeklyPlan(row) || plan === undefined || row.motion === null || seen.has(row.dose_id)) return null;
        // A plan may change while the dose waits.
        seen.add(row.dose_id);
        const askedMl = plan.weeklyMl / dosesAWeek(plan);
        return Math.abs(row.planned_hi_ml - askedMl) > WITHIN_ML + WITHIN_PART * askedMl
          ? `dose ${row.dose_id} was planned with ${row.planned_hi_ml} ml, and its plan says ${askedMl} ml`
          : null;
      },
    };
  },
};
