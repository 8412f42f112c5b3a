import { assert, PeristaError } from '@perista/core';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { Store } from '../store/store.ts';

/** A guided calibration. Instants are ms since 1970. */
export interface SessionRow {
  readonly session_id: string;
  readonly pump_id: string;
  readonly opened_by: string;
  readonly opened_at_ms: number;
  readonly closed_at_ms: number | null;
  /** What it was finished to; null again as soon as another run is made. */
  readonly calibration_id: string | null;
}

/** A run of a session, and the dose that it is. */
export interface SessionRunRow
  extends Pick<
    DoseRow,
    | 'dose_id'
    | 'pump_id'
    | 'state'
    | 'outcome'
    | 'accepted_at_ms'
    | 'ended_at_ms'
    | 'lo_ml'
    | 'hi_ml'
    | 'planned_hi_ml'
    | 'reason'
    | 'code'
    | 'requested_ml'
  > {
  /** The calibration that it verifies; null: it measures a speed. */
  readonly verifies: string | null;
  /** As somebody measured it, ml. */
  readonly measured_ml: number | null;
  readonly discarded: number;
}

/** Sessions and their runs. A run stands here before its dose is ordered; without a dose it is none. */
export class SessionStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  open({ session_id, pump_id, opened_by, opened_at_ms }: Omit<SessionRow, 'closed_at_ms' | 'calibration_id'>): void {
    this.#store.run(
      'INSERT INTO calibration_sessions (session_id, pump_id, opened_by, opened_at_ms) VALUES (?, ?, ?, ?)',
      session_id,
      pump_id,
      opened_by,
      Math.floor(opened_at_ms),
    );
  }

  openOf(pumpId: string): SessionRow | undefined {
    return this.#store.get('SELECT * FROM calibration_sessions WHERE pump_id = ? AND closed_at_ms IS NULL', pumpId);
  }

  /** @throws PeristaError E404 for another pump's or an unknown one, E406 for one that is over */
  getOpen(pumpId: string, sessionId: string): SessionRow {
    const session = this.#store.get<SessionRow>(
      'SELECT * FROM calibration_sessions WHERE session_id = ? AND pump_id = ?',
      sessionId,
      pumpId,
    );
    if (session === undefined) {
      throw new PeristaError('E404', `Pump "${pumpId}" has no calibration session "${sessionId}"`);
    }
    if (session.closed_at_ms !== null) {
      throw new PeristaError('E406', `The calibration session "${sessionId}" is over; begin another one`);
    }
    return session;
  }

  finish(sessionId: string, calibrationId: string | null): void {
    this.#store.run(
      'UPDATE calibration_sessions SET calibration_id = ? WHERE session_id = ?',
      calibrationId,
      sessionId,
    );
  }

  close(sessionId: string, nowMs: number): void {
    this.#store.run(
      'UPDATE calibration_sessions SET closed_at_ms = ? WHERE session_id = ?',
      Math.floor(nowMs),
      sessionId,
    );
  }

  /** Once for each dose id. */
  addRun(sessionId: string, doseId: string, verifies: string | null): void {
    this.#store.run(
      'INSERT INTO calibration_runs (dose_id, session_id, calibration_id, discarded) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING',
      doseId,
      sessionId,
      verifies,
    );
  }

  /** Oldest first; a run that was refused is none. */
  runs(sessionId: string): SessionRunRow[] {
    return this.#store.all(
      `SELECT d.dose_id, d.pump_id, d.state, d.outcome, d.accepted_at_ms, d.ended_at_ms, d.lo_ml, d.hi_ml, d.planned_hi_ml, d.reason, d.code, d.requested_ml,
         r.calibration_id AS verifies, r.measured_ml, r.discarded
       FROM calibration_runs r JOIN doses d USING (dose_id) WHERE r.session_id = ? AND d.state <> 'refused' ORDER BY r.seq`,
      sessionId,
    );
  }

  /** A number that no run has yet. */
  nextRun(): number {
    return this.#store.get<{ seq: number }>('SELECT coalesce(max(seq), 0) + 1 AS seq FROM calibration_runs')?.seq ?? 1;
  }

  measure(doseId: string, measuredMl: number): void {
    this.#changeRun('measured_ml = ?, discarded = 0', doseId, measuredMl);
  }

  discard(doseId: string): void {
    this.#changeRun('discarded = ?', doseId, 1);
  }

  #changeRun(assignment: string, doseId: string, value: number): void {
    const { changes } = this.#store.run(`UPDATE calibration_runs SET ${assignment} WHERE dose_id = ?`, value, doseId);
    assert(changes === 1, 'a run that changes exists');
  }
}
