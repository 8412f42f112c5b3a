import type { StepperGeometry } from '../dose/dose.ts';
import { turningFactor } from '../motion/chunk-step.ts';
import { ROUNDING } from '../units/rounding.ts';
import { codeOfRpm, rpmOfCode, usableCodes } from '../units/stepper-speed.ts';
import { type CalibrationCurve, calibratedRange, flowMlPerMin, mlPerRev, rpmForFlow } from './calibration-curve.ts';

/** How much more than its mean rate the fastest dose can give while it turns: what its chunks cost, and room to catch up. */
export const CATCH_UP_FACTOR = 1.25;

/**
 * How much faster than its mean speed the chunks of a dose may turn that is not the fastest. It pays for what a chunk costs
 * beside turning (0.12 s for 0.7 s of it) and for a board whose clock is slow (9 % was seen): 1.17 × 1.1 = 1.29, so the dose
 * still ends on time. `CATCH_UP_FACTOR` bounds the fastest mean rate; this one, how fast a slower dose may turn.
 */
const CEILING_FACTOR = 1.3;

/** A dose slower than the slowest measured speed comes in bursts; the pump turns at least this share of the time. */
const LEAST_DUTY = 0.01;

/** A speed code this close outside the measured speeds counts as measured: less than a board's clock is off. */
const SPEED_TOLERANCE = 0.02;

/** A pump as far as its speeds are concerned. */
export interface CalibratedStepper {
  readonly geometry: StepperGeometry;
  readonly curve: CalibrationCurve;
  /** Largest mean rate of a dose, ml/min. */
  readonly maxRateMlPerMin: number;
}

/** What a calibrated pump can do: the speed codes it may be sent and the mean rates these can give. */
export interface WorkingRange {
  readonly minCode: number;
  readonly maxCode: number;
  readonly slowestMlPerMin: number;
  readonly comfortableMlPerMin: number;
  readonly fastestMlPerMin: number;
}

/** How the shaft turns to give one mean rate. */
export interface TurningSpeed {
  /** Speed while it turns, inside the measured range, rpm. */
  readonly rpm: number;
  /** At that speed; single chunks are a speed code faster or slower and give nearly the same. */
  readonly mlPerRev: number;
  /** Speed over the whole dose, rpm: below `rpm`, because chunks cost time beside turning. */
  readonly meanRpm: number;
  /** False: the dose is slower than any measured speed and comes in bursts with rests. */
  readonly isSteady: boolean;
}

/** Null if no speed code of the board lies within both its largest rpm and the measured speeds. */
export function workingRange(stepper: CalibratedStepper): WorkingRange | null {
  const { geometry, curve } = stepper;
  const { minRpm, maxRpm } = calibratedRange(curve);
  const measured = usableCodes(geometry).filter((code) => {
    const rpm = rpmOfCode(code, geometry);
    const near = rpm >= minRpm * (1 - SPEED_TOLERANCE) && rpm <= maxRpm * (1 + SPEED_TOLERANCE);
    return near && rpm <= geometry.maxRpm * (1 + ROUNDING);
  });
  const minCode = measured[0];
  const maxCode = measured.at(-1);
  if (minCode === undefined || maxCode === undefined) return null;

  const burst = measuredSpeed(stepper, minCode);
  const topMlPerMin = rpmOfCode(maxCode, geometry) * measuredSpeed(stepper, maxCode).mlPerRev;
  const fastestMlPerMin = Math.min(stepper.maxRateMlPerMin, topMlPerMin / CATCH_UP_FACTOR);
  return {
    minCode,
    maxCode,
    slowestMlPerMin: LEAST_DUTY * Math.min(burst.rpm * burst.mlPerRev, fastestMlPerMin),
    comfortableMlPerMin: fastestMlPerMin / 2,
    fastestMlPerMin,
  };
}

/**
 * The speed for a mean rate within `range`: steady where that speed was measured, else bursts at the slowest. What a
 * revolution gives depends on how fast the shaft really turns, so a dose of `durationMs` is read off the curve there, and
 * not at its mean speed.
 */
export function turningSpeed(
  stepper: CalibratedStepper,
  range: WorkingRange,
  rateMlPerMin: number,
  durationMs = Number.POSITIVE_INFINITY,
): TurningSpeed {
  const { curve } = stepper;
  const burst = measuredSpeed(stepper, range.minCode);
  const turningMlPerMin = rateMlPerMin * Math.min(CATCH_UP_FACTOR, turningFactor(durationMs));
  if (turningMlPerMin < burst.rpm * burst.mlPerRev) {
    return { ...burst, meanRpm: rateMlPerMin / burst.mlPerRev, isSteady: false };
  }
  const top = measuredSpeed(stepper, range.maxCode);
  const rpm = turningMlPerMin < flowMlPerMin(curve, top.rpm) ? rpmForFlow(curve, turningMlPerMin) : top.rpm;
  const perRev = mlPerRev(curve, rpm);
  return { rpm, mlPerRev: perRev, meanRpm: rateMlPerMin / perRev, isSteady: true };
}

/** Fastest code that a dose of this mean speed needs: with room to catch up, never above the range's. */
export function ceilingCode(geometry: StepperGeometry, range: WorkingRange, meanRpm: number): number {
  const needed = Math.max(range.minCode, codeOfRpm(meanRpm, geometry) * CEILING_FACTOR * (1 - ROUNDING));
  return usableCodes(geometry).find((code) => code >= needed && code <= range.maxCode) ?? range.maxCode;
}

/** A code may lie a little outside the measured speeds: then the nearest of them stands for it. */
function measuredSpeed({ geometry, curve }: CalibratedStepper, code: number): { rpm: number; mlPerRev: number } {
  const { minRpm, maxRpm } = calibratedRange(curve);
  const rpm = Math.min(maxRpm, Math.max(minRpm, rpmOfCode(code, geometry)));
  return { rpm, mlPerRev: mlPerRev(curve, rpm) };
}
