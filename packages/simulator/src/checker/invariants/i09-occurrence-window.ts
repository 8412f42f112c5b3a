import type { Chronicle } from '../chronicle.ts';
import type { Invariant, Verdict } from '../invariant.ts';
import type { LedgerDose } from '../ledger-dose.ts';
import type { Occurrence } from '../schedule-book.ts';

/** The clock shows fractions of a millisecond, and the books none. */
const SLACK_MS = 5;
/** What begins within its minute is in time. */
const IN_TIME_MS = 60_000;

interface LateDose {
  readonly doseId: string;
  readonly atWallMs: number;
  readonly endsMs: number;
}

export const occurrenceWindow: Invariant = {
  id: 'I9',
  rule: 'a schedule is dosed from the time that it names until its tolerance is over: late only where it says so, and once a pump',
  begin() {
    const seen = new Set<string>();
    const lateOf = new Map<string, LateDose>();
    const ordered = (row: LedgerDose, { dueMs, schedule }: Occurrence, { wallMs }: Chronicle): Verdict => {
      const endsMs = dueMs + schedule.toleranceS * 1000;
      const lateMs = wallMs - dueMs;
      const what = `dose ${row.dose_id} was ordered ${(lateMs / 1000).toFixed(1)} s after its time`;
      if (lateMs < -SLACK_MS || wallMs > endsMs + SLACK_MS)
        return `${what}, and its tolerance is ${schedule.toleranceS} s`;
      if (row.start_before_ms !== endsMs)
        return `dose ${row.dose_id} may start until ${row.start_before_ms}, not ${endsMs}`;
      if (lateMs <= IN_TIME_MS + SLACK_MS) return null;
      if (schedule.missedPolicy === 'skip') return `${what}, and is to be skipped where it is late`;
      const before = lateOf.get(row.pump_id);
      lateOf.set(row.pump_id, { doseId: row.dose_id, atWallMs: wallMs, endsMs });
      const isPassedOver = before !== undefined && dueMs + IN_TIME_MS < before.atWallMs && wallMs < before.endsMs;
      return isPassedOver && wallMs >= before.atWallMs ? `${what}, like ${before.doseId} of the same pump` : null;
    };
    const forgone = (row: LedgerDose, { dueMs, schedule }: Occurrence, { wallMs }: Chronicle): Verdict => {
      const lateMs = wallMs - dueMs;
      const what = `dose ${row.dose_id} was ${row.state} ${(lateMs / 1000).toFixed(1)} s after its time`;
      if (row.state === 'skipped' && (schedule.missedPolicy !== 'skip' || lateMs < IN_TIME_MS - SLACK_MS)) return what;
      const isTooEarly = row.code === 'E434' && lateMs < schedule.toleranceS * 1000 - SLACK_MS;
      return row.state === 'missed' && isTooEarly ? `${what}, and its tolerance is ${schedule.toleranceS} s` : null;
    };
    return {
      'backup-restored': () => {
        lateOf.clear();
        return null;
      },
      'clock-set': () => {
        lateOf.clear();
        return null;
      },
      'ledger-changed': ({ dose: row }, chronicle) => {
        const { schedule_id: scheduleId, dose_id: doseId } = row;
        // What was found in the agent's memory is ordered no more.
        if (row.cause !== 'schedule' || scheduleId === null || row.sent_epoch === 0 || seen.has(doseId)) return null;
        seen.add(doseId);
        const occurrence = chronicle.schedules.askedBy(scheduleId, doseId);
        if (occurrence === null) return `dose ${doseId} is not asked for by its schedule as it stands`;
        return (row.ended_at_ms === null ? ordered : forgone)(row, occurrence, chronicle);
      },
    };
  },
};
