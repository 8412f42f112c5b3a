import type { Direction, DoseState } from '@perista/core';
import type { DoseCause } from '@perista/protocol/api';

/** What is fixed when a dose is ordered. Instants are ms since 1970, volumes ml. */
export interface DoseIntent {
  readonly dose_id: string;
  readonly pump_id: string;
  readonly cause: DoseCause;
  readonly actor: string;
  readonly schedule_id: string | null;
  /** The order's body in one spelling, to tell a repetition from another order. */
  readonly request: string;
  /** The answer that was given, an OrderOutcome in JSON: the same order gets it again. */
  readonly outcome: string;
  readonly direction: Direction;
  readonly requested_ml: number;
  readonly accepted_at_ms: number;
  /** Latest instant at which it may start; null for a refused dose. */
  readonly start_before_ms: number | null;
  readonly planned_hi_ml: number;
  readonly duration_s: number | null;
  /** Motion in JSON. */
  readonly motion: string | null;
  readonly ml_per_rev: number | null;
  readonly calibration_id: string | null;
  readonly config_hash: string | null;
  /** Session of the controller that accepted it. */
  readonly epoch: number;
}

/** A row of the ledger. */
export interface DoseRow extends DoseIntent {
  readonly seq: number;
  readonly state: DoseState;
  /** Session under which START was last sent; null while it surely was not. */
  readonly sent_epoch: number | null;
  /** Who told a dose to stop whose START may have been sent: it must not start any more. */
  readonly stop_requested: string | null;
  readonly started_at_ms: number | null;
  readonly ended_at_ms: number | null;
  /** End on the charge clock: from here it ages out of the caps. */
  readonly charged_at_ms: number | null;
  readonly lo_ml: number;
  readonly hi_ml: number;
  readonly delivered_ml: number | null;
  readonly reason: string | null;
  readonly code: string | null;
}

/** It turns while a button is held, and never begins by itself. */
export const isPrime = ({ cause }: Pick<DoseIntent, 'cause'>): boolean => cause === 'prime';

/**
 * Whether turns of its shaft tell its volume: a pump that was never calibrated primes, and runs to be calibrated, at the
 * most that it may give.
 */
export const isMeasured = ({ cause, calibration_id }: Pick<DoseIntent, 'cause' | 'calibration_id'>): boolean =>
  (cause !== 'prime' && cause !== 'calibration') || calibration_id !== null;

/** How a dose ended. */
export interface DoseClosing {
  readonly state: DoseState;
  readonly loMl: number;
  readonly hiMl: number;
  readonly deliveredMl: number | null;
  readonly reason: string | null;
  readonly code: string | null;
}
