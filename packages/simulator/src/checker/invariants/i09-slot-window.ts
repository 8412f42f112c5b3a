import type { Invariant } from '../invariant.ts';
import { isOfWeeklyPlan } from '../ledger-dose.ts';
import { lastSlot, WINDOW_MS } from '../slot-book.ts';

/** The clock shows fractions of a millisecond, and the books none. */
const SLACK_MS = 5;

export const slotWindow: Invariant = {
  id: 'I9',
  rule: 'no slot is ordered before it is due or after its window, and its dose may start as long as its window lasts',
  begin() {
    const seen = new Set<string>();
    return {
      'ledger-changed': ({ dose: row }, chronicle) => {
        // What stands in the ledger as over, or was found in the agent's memory, is ordered no more.
        const isOrder = isOfWeeklyPlan(row) && row.ended_at_ms === null && row.sent_epoch !== 0;
        if (!isOrder || seen.has(row.dose_id)) return null;
        seen.add(row.dose_id);
        const plan = chronicle.slots.of(row.pump_id);
        const slot = plan?.isEnabled === true ? lastSlot(plan, chronicle.wallMs + SLACK_MS) : null;
        if (slot === null) return `dose ${row.dose_id} was ordered without a plan that asks for it`;
        const lateMs = chronicle.wallMs - slot.dueMs;
        if (lateMs > WINDOW_MS + SLACK_MS) {
          return `dose ${row.dose_id} was ordered ${(lateMs / 1000).toFixed(1)} s after the last slot of its pump`;
        }
        return row.start_before_ms === slot.dueMs + WINDOW_MS
          ? null
          : `dose ${row.dose_id} may start until ${row.start_before_ms}, and its window ends ${slot.dueMs + WINDOW_MS}`;
      },
    };
  },
};
