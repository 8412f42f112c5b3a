import type { Invariant } from '../invariant.ts';

/** A volume is planned in whole pulses. */
const WITHIN_PART = 0.005;
const WITHIN_ML = 0.001;
/** Of decimals. */
const ROUNDING_ML = 1e-6;

export const occurrenceVolume: Invariant = {
  id: 'I17',
  rule: 'a dose of a schedule is what its schedule says, and those of a day of windows are its total to the µl',
  begin() {
    const seen = new Set<string>();
    return {
      'ledger-changed': ({ dose: row }, { schedules }) => {
        const { schedule_id: scheduleId, dose_id: doseId } = row;
        if (row.cause !== 'schedule' || scheduleId === null || row.sent_epoch === 0 || seen.has(doseId)) return null;
        seen.add(doseId);
        const askedMl = schedules.askedBy(scheduleId, doseId)?.volumeMl ?? row.requested_ml;
        const plannedMl = row.motion === null ? askedMl : row.planned_hi_ml;
        const isPlanned = Math.abs(plannedMl - askedMl) <= WITHIN_ML + WITHIN_PART * askedMl;
        return isPlanned && Math.abs(row.requested_ml - askedMl) <= ROUNDING_ML
          ? null
          : `dose ${doseId} was ordered with ${row.requested_ml} ml (${plannedMl}), and its schedule says ${askedMl} ml`;
      },
    };
  },
};
