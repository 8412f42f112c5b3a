import type { Store } from '../store/store.ts';

/** Keeps the start of a schedule's latest dose beside it; in the transaction that changes the dose, whose row is the truth. */
export function noteLastRun(store: Store, doseId: string): void {
  store.run(
    `UPDATE schedules SET last_run_ms =
       (SELECT max(started_at_ms) FROM doses WHERE doses.schedule_id = schedules.schedule_id)
     WHERE schedule_id = (SELECT schedule_id FROM doses WHERE dose_id = ?)`,
    doseId,
  );
}
