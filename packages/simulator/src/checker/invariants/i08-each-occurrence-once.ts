import type { Invariant } from '../invariant.ts';
import { ENDS } from './i08-each-slot-once.ts';

export const eachOccurrenceOnce: Invariant = {
  id: 'I8',
  rule: 'a schedule has doses of its due occurrences only, each once, and no change of it forgets one',
  begin: () => ({
    'ledger-changed': ({ dose: row }, { schedules }) => {
      const { dose_id: doseId, schedule_id: scheduleId } = row;
      if (row.cause !== 'schedule' || scheduleId === null) return null;
      if (row.ended_at_ms !== null && !ENDS.has(row.state)) return `dose ${doseId} ended ${row.state}`;
      const asked = schedules.everAskedBy(scheduleId, doseId);
      if (asked.length === 0) return `dose ${doseId} is of no occurrence that its schedule ever asked for`;
      const pumps = asked.map(({ pumpId }) => pumpId);
      return pumps.includes(row.pump_id)
        ? null
        : `dose ${doseId} is one of ${row.pump_id}, and its schedule that of ${pumps.join(', then ')}`;
    },
    'schedule-set': (_, { schedules }) => {
      const [occurrence] = schedules.forgone;
      return occurrence === undefined
        ? null
        : `${occurrence.doseId} was due and was forgotten when its schedule was changed`;
    },
  }),
};
