import { DENSITY_RANGE } from '@perista/core';
import { z } from 'zod';
import { DoseId, EntityId, positive, Timestamp } from './identifiers.ts';

export const CalibrationId = EntityId.meta({ description: 'Calibration id', example: 'cal-7f3a' });

const CurvePoint = z.strictObject({ rpm: z.number(), ml_per_min: z.number() });

/** What the runs at one speed have shown. */
export const CalibrationSpeed = z
  .strictObject({
    rpm: z.number(),
    runs: z.int().meta({ description: 'Runs that count' }),
    ml_per_rev: z.number().meta({ description: 'Their mean; of a relay ml/s' }),
    repeatability_pct: z
      .number()
      .nullable()
      .meta({ description: 'Standard deviation of one run; null without repeats' }),
    residual_pct: z.number().meta({ description: 'The curve beside the mean' }),
  })
  .meta({ id: 'CalibrationSpeed' });

/** Measured runs as a curve. */
export const CalibrationCurve = z
  .strictObject({
    error_pct: z.number().meta({ description: '19 of 20 doses lie within ± this of their volume' }),
    points: z.array(CurvePoint),
    speeds: z.array(CalibrationSpeed),
    repeatability_pct: z.number().meta({ description: 'Standard deviation of one run over all speeds' }),
    smallest_accurate_ml: z.number().nullable().meta({
      description: 'Smallest dose of which 19 of 20 lie within ± 5 %; null if the stated error alone is wider',
    }),
  })
  .meta({ id: 'CalibrationCurve' });
export type CalibrationCurve = z.infer<typeof CalibrationCurve>;

/** A dose through the calibration, measured to judge it. */
export const CalibrationVerification = z
  .strictObject({
    run_id: DoseId,
    expected_ml: z.number(),
    measured_ml: z.number(),
    error_pct: z.number().meta({ description: 'Measured beside expected' }),
    allowed_pct: z.number().meta({ description: 'What the calibration states' }),
    passed: z.boolean(),
    at: Timestamp,
  })
  .meta({ id: 'CalibrationVerification' });
export type CalibrationVerification = z.infer<typeof CalibrationVerification>;

export const CalibrationOrigin = z.enum(['factory', 'measured', 'entered']);

export const MeasuredRun = z
  .strictObject({ rpm: z.number(), revolutions: z.number(), measured_ml: z.number(), outlier: z.boolean() })
  .meta({ id: 'MeasuredRun' });

/** A calibration of a pump, in use or not. */
export const Calibration = z
  .strictObject({
    id: CalibrationId,
    pump_id: EntityId,
    origin: CalibrationOrigin,
    created_at: Timestamp,
    activated_at: Timestamp.nullable().meta({ description: 'Last time it came into use; null if it never did' }),
    active: z.boolean(),
    curve: CalibrationCurve,
    runs: z.array(MeasuredRun),
    verification: CalibrationVerification.nullable().meta({ description: 'The latest; null without one' }),
  })
  .meta({ id: 'Calibration' });
export type Calibration = z.infer<typeof Calibration>;

export const CalibrationRunState = z.enum([
  'running',
  'to-measure',
  'measured',
  'cut-short',
  'discarded',
  'not-started',
]);
export type CalibrationRunState = z.infer<typeof CalibrationRunState>;

/** A run of a session. */
export const SessionRun = z
  .strictObject({
    run_id: DoseId,
    kind: z.enum(['speed', 'verification']),
    state: CalibrationRunState,
    rpm: z.number(),
    revolutions: z.number(),
    duration_s: z.number(),
    expected_ml: z.number().nullable().meta({ description: 'Of a verification dose' }),
    measured_ml: z.number().nullable(),
    outlier: z.boolean().meta({ description: 'Left out of the curve, for it disagrees with its repeats' }),
    reason: z.string().nullable().meta({ description: 'Why it was cut short or did not start' }),
    code: z.string().nullable().meta({ description: 'Error code of that reason' }),
    at: Timestamp,
  })
  .meta({ id: 'SessionRun' });
export type SessionRun = z.infer<typeof SessionRun>;

/** A run that a session may begin with: from the slowest speed to the fastest. */
export const ProposedRun = z
  .strictObject({ rpm: z.number().nullable().meta({ description: 'null for a relay' }), duration_s: z.number() })
  .meta({ id: 'ProposedRun' });
export type ProposedRun = z.infer<typeof ProposedRun>;

/** A guided calibration that is not over. */
export const CalibrationSession = z
  .strictObject({
    id: EntityId,
    pump_id: EntityId,
    opened_at: Timestamp,
    opened_by: z.string(),
    runs: z.array(SessionRun).meta({ description: 'Oldest first' }),
    proposed: z.array(ProposedRun),
    repeats: z.int().meta({ description: 'Proposed runs at each speed' }),
    curve: CalibrationCurve.nullable().meta({ description: 'Of what has been measured; null while that makes none' }),
    problem: z
      .strictObject({ reason: z.enum(['no-runs', 'scattered', 'contradictory']), detail: z.string() })
      .nullable()
      .meta({ description: 'Why what has been measured makes no curve' }),
    calibration: Calibration.nullable().meta({ description: 'What it was finished to; not in use yet' }),
  })
  .meta({ id: 'CalibrationSession' });
export type CalibrationSession = z.infer<typeof CalibrationSession>;

/** When a pump shall be calibrated again; null: never by that. */
export const CalibrationReminder = z
  .strictObject({
    days: positive('Days after a calibration came into use')
      .refine((days) => days <= 3650, 'must be at most 3650')
      .nullable(),
    volume_ml: positive('Volume that was given since, ml')
      .refine((ml) => ml <= 1e9, 'must be at most 1000000000')
      .nullable(),
  })
  .meta({ id: 'CalibrationReminder' });
export type CalibrationReminder = z.infer<typeof CalibrationReminder>;

/** `GET /api/pumps/{id}/calibrations`: the history, newest first, and the session that is open. */
export const PumpCalibrations = z
  .strictObject({
    items: z.array(Calibration),
    session: CalibrationSession.nullable(),
    reminder: CalibrationReminder,
    used: z
      .strictObject({ days: z.number(), volume_ml: z.number() })
      .nullable()
      .meta({ description: 'Since the calibration in use came into use; null without one' }),
    due: z.string().nullable().meta({ description: 'Why it should be calibrated again, in words' }),
  })
  .meta({ id: 'PumpCalibrations' });
export type PumpCalibrations = z.infer<typeof PumpCalibrations>;

/** `POST …/calibration-sessions/{session}/runs`: turn at a speed for a time, or give a dose through what was fitted. */
export const SessionRunRequest = z
  .union([
    z.strictObject({
      rpm: positive('Speed of the shaft, rpm; the board takes its nearest; none for a relay').optional(),
      duration_s: positive('How long it turns, s'),
    }),
    z.strictObject({ verify_ml: positive('Volume of a verification dose, ml') }),
  ])
  .meta({ id: 'SessionRunRequest' });
export type SessionRunRequest = z.infer<typeof SessionRunRequest>;

/** Answer, 202. */
export const SessionRunStarted = z
  .strictObject({
    run_id: DoseId,
    state: z.literal('accepted'),
    rpm: z.number().meta({ description: 'At which the shaft really turns' }),
    revolutions: z.number(),
    duration_s: z.number().meta({ description: 'With the pauses between its chunks' }),
  })
  .meta({ id: 'SessionRunStarted' });
export type SessionRunStarted = z.infer<typeof SessionRunStarted>;

const { min, max } = DENSITY_RANGE;
const Density = positive('g/ml').refine((density) => density >= min && density <= max, `must be ${min} to ${max}`);

/** `POST …/measurements`: what a run gave, or that nobody will ever know. */
export const SessionMeasurement = z
  .union([
    z.strictObject({ run_id: DoseId, measured_ml: positive('Volume, ml') }),
    z.strictObject({ run_id: DoseId, measured_g: positive('Mass, g'), density_g_ml: Density }),
    z.strictObject({ run_id: DoseId, discard: z.literal(true) }),
  ])
  .meta({ id: 'SessionMeasurement' });
export type SessionMeasurement = z.infer<typeof SessionMeasurement>;
