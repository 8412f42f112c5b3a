import type { Direction, DoseState } from '@perista/core';
import type { DoseCause } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';
import type { DoseRow } from './dose-row.ts';

/** Doses of one pump that came from one source and ended alike. */
export interface DoseTotal {
  readonly pumpId: string;
  readonly cause: DoseCause;
  readonly direction: Direction;
  readonly state: DoseState;
  readonly doses: number;
  /** As measured, or at the least where only a range is known. */
  readonly volumeMl: number;
}

/** Adds a dose that has just ended; in the transaction that ends it. */
export function countEnded(store: Store, doseId: string): void {
  store.run(
    `INSERT INTO dose_totals (pump_id, cause, direction, state, doses, volume_ml)
     SELECT pump_id, cause, direction, state, 1, coalesce(delivered_ml, lo_ml) FROM doses WHERE dose_id = ?
     ON CONFLICT DO UPDATE SET doses = doses + 1, volume_ml = volume_ml + excluded.volume_ml`,
    doseId,
  );
}

/** Adds what became known later of a dose that was counted; in the transaction that writes it down. */
export function recountVolume(
  store: Store,
  { pump_id, cause, direction, state }: Pick<DoseRow, 'pump_id' | 'cause' | 'direction' | 'state'>,
  moreMl: number,
): void {
  store.run(
    `UPDATE dose_totals SET volume_ml = volume_ml + ?
     WHERE pump_id = ? AND cause = ? AND direction = ? AND state = ?`,
    moreMl,
    pump_id,
    cause,
    direction,
    state,
  );
}

/** The ledger is summed up as it grows: adding up millions of doses would keep the controller from its beat. */
export const doseTotals = (store: Store): DoseTotal[] =>
  store.all(
    'SELECT pump_id AS pumpId, cause, direction, state, doses, volume_ml AS volumeMl FROM dose_totals ORDER BY 1, 2, 3, 4',
  );
