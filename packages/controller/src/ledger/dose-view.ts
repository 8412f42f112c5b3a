import type { Dose } from '@perista/protocol/api';
import type { DoseRow } from './dose-row.ts';
import { timestamp, timestampOrNull } from './timestamp.ts';

/** Latest news of running doses, by dose id; kept in memory only. */
export type DoseProgressById = ReadonlyMap<string, NonNullable<Dose['progress']>>;

/** A ledger row as it goes out. */
export const doseView = (row: DoseRow, progress: DoseProgressById): Dose => ({
  dose_id: row.dose_id,
  pump_id: row.pump_id,
  state: row.state,
  cause: row.cause,
  actor: row.actor,
  direction: row.direction,
  requested_ml: row.requested_ml,
  duration_s: row.duration_s,
  delivered_ml: row.delivered_ml,
  lo_ml: row.lo_ml,
  hi_ml: row.hi_ml,
  accepted_at: timestamp(row.accepted_at_ms),
  started_at: timestampOrNull(row.started_at_ms),
  ended_at: timestampOrNull(row.ended_at_ms),
  reason: row.reason,
  code: row.code,
  schedule_id: row.schedule_id,
  calibration_id: row.calibration_id,
  progress: row.ended_at_ms === null ? (progress.get(row.dose_id) ?? null) : null,
});
