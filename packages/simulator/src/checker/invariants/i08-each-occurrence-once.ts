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
      const occurrence = schedules.askedBy(scheduleId, doseId, false);
      if (occurrence === null) return `dose ${doseId} is of no occurrence that its schedule ever asked for`;
      return occurrence.pumpId === row.pump_id
        ? null
        : `dose ${doseId} is one of ${row.pump_id}, and its schedule that of ${occurrence.pumpId}`;
    },
    'schedule-set': (_, { schedules }) => {
      const [occurrence] = schedules.forgone;
      return occurrence === undefined
        ? null
        : `${occurrence.doseId} was due and was forgotten when its schedule was changed`;
    },
  }),
};
