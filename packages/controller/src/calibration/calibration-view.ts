import { type CalibrationFit, type CalibrationRun, fitCalibration } from '@perista/core';
import type {
  Calibration,
  CalibrationCurve,
  CalibrationRunState,
  CalibrationSession,
  SessionRun,
  SessionRunStarted,
} from '@perista/protocol/api';
import { timestamp } from '../ledger/timestamp.ts';
import type { OrderOutcome } from '../services.ts';
import type { StoredCalibration } from './calibration-store.ts';
import type { SessionRow, SessionRunRow } from './session-store.ts';

/** A calibration as it stands in the history; the figures beside its curve follow from its runs. */
export function calibrationView(calibration: StoredCalibration): Calibration {
  const { curve, runs } = calibration;
  const fit = fitCalibration(runs);
  const outliers = new Set(fit.kind === 'fitted' ? fit.outliers : []);
  return {
    id: calibration.calibrationId,
    pump_id: calibration.pumpId,
    origin: calibration.origin,
    created_at: timestamp(calibration.createdAtMs),
    activated_at: calibration.activatedAtMs === null ? null : timestamp(calibration.activatedAtMs),
    active: calibration.isActive,
    curve: { ...figuresOf(fit), error_pct: curve.errorPct, points: pointsOf(curve) },
    runs: runs.map(({ rpm, revolutions, measuredMl }, index) => ({
      ...{ rpm, revolutions },
      measured_ml: measuredMl,
      outlier: outliers.has(index),
    })),
    verification: calibration.verification,
  };
}

/** What is known of a session beside its runs. */
export type SessionFrame = Pick<CalibrationSession, 'proposed' | 'repeats' | 'calibration'>;

export function sessionView(
  session: SessionRow,
  rows: readonly SessionRunRow[],
  frame: SessionFrame,
): CalibrationSession {
  const fit = fitOf(rows);
  const outliers = new Set(fit?.kind === 'fitted' ? fit.outliers.map((index) => measuredOf(rows)[index]?.dose_id) : []);
  return {
    id: session.session_id,
    pump_id: session.pump_id,
    opened_at: timestamp(session.opened_at_ms),
    opened_by: session.opened_by,
    runs: rows.map((row) => ({ ...runView(row), outlier: outliers.has(row.dose_id) })),
    curve:
      fit?.kind === 'fitted' ? { ...figuresOf(fit), error_pct: fit.curve.errorPct, points: pointsOf(fit.curve) } : null,
    problem: fit?.kind === 'refused' ? { reason: fit.reason, detail: fit.detail } : null,
    ...frame,
  };
}

/** The runs of a session that a curve is made of, as they were measured. */
export const measuredRuns = (rows: readonly SessionRunRow[]): CalibrationRun[] =>
  measuredOf(rows).map((row) => {
    const { rpm, revolutions } = startedOf(row);
    return { rpm, revolutions, measuredMl: row.measured_ml ?? 0 };
  });

export function runState(row: SessionRunRow): CalibrationRunState {
  if (row.ended_at_ms === null) return 'running';
  if (row.discarded === 1) return 'discarded';
  if (row.measured_ml !== null) return 'measured';
  if (row.state === 'done') return 'to-measure';
  return row.hi_ml > 0 ? 'cut-short' : 'not-started';
}

const fitOf = (rows: readonly SessionRunRow[]): CalibrationFit | null => {
  const runs = measuredRuns(rows);
  return runs.length === 0 ? null : fitCalibration(runs);
};

const measuredOf = (rows: readonly SessionRunRow[]): SessionRunRow[] =>
  rows.filter((row) => row.verifies === null && runState(row) === 'measured');

function runView(row: SessionRunRow): Omit<SessionRun, 'outlier'> {
  const { rpm, revolutions, duration_s } = startedOf(row);
  const state = runState(row);
  return {
    run_id: row.dose_id,
    kind: row.verifies === null ? 'speed' : 'verification',
    state,
    ...{ rpm, revolutions, duration_s },
    expected_ml: row.verifies === null ? null : row.requested_ml,
    measured_ml: row.measured_ml,
    ...(state === 'cut-short' || state === 'not-started'
      ? { reason: row.reason, code: row.code }
      : { reason: null, code: null }),
    at: timestamp(row.accepted_at_ms),
  };
}

/** What its order was answered. */
function startedOf({ outcome, dose_id }: SessionRunRow): SessionRunStarted {
  const parsed = JSON.parse(outcome) as OrderOutcome<SessionRunStarted>;
  return parsed.kind === 'accepted'
    ? parsed.answer
    : { run_id: dose_id, state: 'accepted', rpm: 0, revolutions: 0, duration_s: 0 };
}

const pointsOf = (curve: {
  readonly points: readonly { rpm: number; mlPerMin: number }[];
}): CalibrationCurve['points'] => curve.points.map(({ rpm, mlPerMin }) => ({ rpm, ml_per_min: mlPerMin }));

type Figures = Pick<CalibrationCurve, 'speeds' | 'repeatability_pct' | 'smallest_accurate_ml'>;

const figuresOf = (fit: CalibrationFit): Figures =>
  fit.kind === 'refused'
    ? { speeds: [], repeatability_pct: 0, smallest_accurate_ml: null }
    : {
        speeds: fit.speeds.map(({ rpm, runs, mlPerRev, repeatabilityPct, residualPct }) => ({
          ...{ rpm, runs },
          ml_per_rev: mlPerRev,
          repeatability_pct: repeatabilityPct,
          residual_pct: residualPct,
        })),
        repeatability_pct: fit.repeatabilityPct,
        smallest_accurate_ml: fit.smallestAccurateMl,
      };
