import { assert } from '../errors/perista-error.ts';

/** A dose through a calibration that was measured to judge it. Volumes in ml. */
export interface Verification {
  readonly expectedMl: number;
  readonly measuredMl: number;
  /** How far it was off, % of what was expected. */
  readonly errorPct: number;
  /** What the calibration states, %. */
  readonly allowedPct: number;
  readonly passed: boolean;
}

/** Passed if the dose lies within the stated error: a true statement fails one dose in twenty. */
export function judgeVerification(expectedMl: number, measuredMl: number, allowedPct: number): Verification {
  assert(expectedMl > 0 && measuredMl > 0 && allowedPct > 0, 'a verification compares positive volumes');
  const errorPct = (measuredMl / expectedMl - 1) * 100;
  return { expectedMl, measuredMl, errorPct, allowedPct, passed: Math.abs(errorPct) <= allowedPct };
}
