import type { StepperGeometry } from '../dose/dose.ts';
import { ROUNDING } from '../units/rounding.ts';
import { codeOfRpm, rpmOfCode, usableCodes } from '../units/stepper-speed.ts';
import { type CalibrationCurve, calibratedRange, flowMlPerMin, mlPerRev, rpmForFlow } from './calibration-curve.ts';

/**
 * How much faster than a dose's mean speed its chunks may turn. It pays for what a chunk costs beside turning (about
 * 0.12 s a second) and for a board whose clock is slow (9 % was seen): 1.12 × 1.1 = 1.23, so the dose still ends on time.
 */
export const CATCH_UP_FACTOR = 1.25;

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
  /** At that speed; chunks a little faster or slower give nearly the same. */
  readonly mlPerRev: number;
  /** Speed over the whole dose, pauses counted, rpm; below `rpm` where the dose comes in bursts. */
  readonly meanRpm: number;
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

  const burst = burstSpeed(stepper, minCode);
  const topMeanRpm = rpmOfCode(maxCode, geometry) / CATCH_UP_FACTOR;
  const topMlPerMin = topMeanRpm < burst.rpm ? topMeanRpm * burst.mlPerRev : flowMlPerMin(curve, topMeanRpm);
  const fastestMlPerMin = Math.min(stepper.maxRateMlPerMin, topMlPerMin);
  return {
    minCode,
    maxCode,
    slowestMlPerMin: LEAST_DUTY * Math.min(burst.rpm * burst.mlPerRev, fastestMlPerMin),
    comfortableMlPerMin: fastestMlPerMin / 2,
    fastestMlPerMin,
  };
}

/** The speed for a mean rate within `range`: steady where that speed was measured, else bursts at the slowest. */
export function turningSpeed(stepper: CalibratedStepper, range: WorkingRange, rateMlPerMin: number): TurningSpeed {
  const burst = burstSpeed(stepper, range.minCode);
  if (rateMlPerMin < burst.rpm * burst.mlPerRev) return { ...burst, meanRpm: rateMlPerMin / burst.mlPerRev };
  const rpm = rpmForFlow(stepper.curve, rateMlPerMin);
  return { rpm, mlPerRev: mlPerRev(stepper.curve, rpm), meanRpm: rpm };
}

/** Fastest code that a dose of this mean speed needs: with room to catch up, never above the range's. */
export function ceilingCode(geometry: StepperGeometry, range: WorkingRange, meanRpm: number): number {
  const needed = Math.max(range.minCode, codeOfRpm(meanRpm, geometry) * CATCH_UP_FACTOR * (1 - ROUNDING));
  return usableCodes(geometry).find((code) => code >= needed && code <= range.maxCode) ?? range.maxCode;
}

function burstSpeed({ geometry, curve }: CalibratedStepper, minCode: number): { rpm: number; mlPerRev: number } {
  const { minRpm, maxRpm } = calibratedRange(curve);
  const rpm = Math.min(maxRpm, Math.max(minRpm, rpmOfCode(minCode, geometry)));
  return { rpm, mlPerRev: mlPerRev(curve, rpm) };
}
