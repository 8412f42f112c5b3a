import { formatNumber, mlOfGrams, PeristaError } from '@perista/core';
import type { SessionMeasurement, SessionRunRequest } from '@perista/protocol/api';
import type { Candidate } from '../dosing/admit-run.ts';
import type { SessionRun } from '../dosing/dose-service.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import { WrongFields } from '../wrong-fields.ts';
import type { StoredCalibration } from './calibration-store.ts';

/**
 * What a request of a session asks of its pump.
 * @throws PeristaError E402 for a speed that the pump has not, E406 without anything to verify
 */
export function sessionOrder(
  candidate: Candidate | null,
  { hardware }: PumpRecord,
  request: SessionRunRequest,
): SessionRun {
  if ('verify_ml' in request) {
    if (candidate !== null) return { verifyMl: request.verify_ml, candidate };
    throw new PeristaError('E406', 'There is nothing to verify yet: finish the session to a curve first');
  }
  const { rpm, duration_s } = request;
  const wrong = (message: string) => new WrongFields([{ path: 'rpm', message }]);
  if (hardware.kind === 'relay') {
    if (rpm === undefined) return { turningS: duration_s };
    throw wrong(`must be left out: a relay has one speed; it is ${rpm}`);
  }
  if (rpm === undefined) throw wrong('is missing');
  const { max_rpm } = hardware;
  if (rpm > max_rpm) throw wrong(`must be at most ${max_rpm}, for its head may turn no faster; it is ${rpm}`);
  return { rpm, turningS: duration_s };
}

/** Null where it was discarded, ml. */
export function volumeOf(measurement: SessionMeasurement): number | null {
  if ('measured_ml' in measurement) return measurement.measured_ml;
  return 'measured_g' in measurement ? mlOfGrams(measurement.measured_g, measurement.density_g_ml) : null;
}

/** A pump behind a relay has one rate, and cannot keep below its largest. */
export function refuseOverRate({ hardware, maxRateMlPerMin }: PumpRecord, mlPerMin: number): void {
  if (hardware.kind !== 'relay' || mlPerMin <= maxRateMlPerMin) return;
  throw new PeristaError(
    'E406',
    `It gives ${formatNumber(mlPerMin)} ml/min, which is more than the ${formatNumber(maxRateMlPerMin)} ml/min that this pump may give (its max_rate_ml_min)`,
  );
}

export function refuseActivation({ calibrationId, isActive, verification }: StoredCalibration): void {
  if (isActive) throw new PeristaError('E406', `The calibration "${calibrationId}" is in use already`);
  if (verification === null || verification.passed) return;
  const { error_pct, allowed_pct } = verification;
  throw new PeristaError(
    'E406',
    `The verification dose of "${calibrationId}" was off by ${formatNumber(error_pct, 1)} %, more than the ${formatNumber(allowed_pct, 1)} % that it states; measure more runs, or verify it again`,
  );
}

export function activationData(
  { calibrationId, origin, curve, runs }: StoredCalibration,
  before: StoredCalibration | undefined,
) {
  const total = (of: (run: (typeof runs)[number]) => number) => runs.reduce((sum, run) => sum + of(run), 0);
  return {
    calibration_id: calibrationId,
    origin,
    error_pct: curve.errorPct,
    replaces: before?.calibrationId ?? null,
    measured_ml: total(({ measuredMl }) => measuredMl),
    duration_s: total(({ revolutions, rpm }) => (revolutions / rpm) * 60),
  };
}
