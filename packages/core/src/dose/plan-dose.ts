import { type CalibrationCurve, calibratedRange } from '../calibration/calibration-curve.ts';
import { type CalibratedStepper, ceilingCode, turningSpeed, workingRange } from '../calibration/working-range.ts';
import { formatNumber } from '../units/quantity.ts';
import { pulsesPerRev } from '../units/stepper-speed.ts';
import type { Direction, DoseLimits, Motion, StepperGeometry } from './dose.ts';
import { type DoseWish, estimateDose, type RateRange, rateOf } from './estimate-dose.ts';
import { type Refusal, refusals } from './refusal.ts';

/** What planning needs to know of a pump. */
export interface PumpProfile {
  readonly geometry: StepperGeometry;
  /** Null until it is calibrated. */
  readonly curve: CalibrationCurve | null;
  readonly limits: DoseLimits;
  /** Largest mean rate of a dose, ml/min. */
  readonly maxRateMlPerMin: number;
  readonly minDoseMl: number;
}

export interface DoseOrder extends DoseWish {
  readonly direction: Direction;
}

/** An order that the pump can carry out. */
export interface DosePlan {
  readonly kind: 'plan';
  readonly motion: Motion;
  /** What the pulses give through the calibration: within half a pulse of the order. */
  readonly volumeMl: number;
  readonly durationS: number;
  /** Mean over the whole dose. */
  readonly rateMlPerMin: number;
  /** Shaft speed while it turns. Single chunks differ by some percent, over which ml/rev is nearly the same. */
  readonly rpm: number;
  /** Calibrated volume of a revolution at `rpm`: turns the encoder's counts into ml for this dose. */
  readonly mlPerRev: number;
  /** Stated error of the calibration, ± %. */
  readonly errorPct: number;
}

/** Most pulses of one dose: the board's pulse counter is a signed 32-bit number. */
export const MAX_PULSES = 2 ** 31 - 1;

/**
 * Turns a volume and a duration into pulses and speed codes, or refuses with the first rule that says no: calibrated,
 * not too small, feasible rate, single dose, duration. Caps over time are `checkCaps`. Nothing is ever shortened.
 */
export function planDose(order: DoseOrder, profile: PumpProfile): DosePlan | Refusal {
  const { curve, geometry, limits } = profile;
  if (curve === null) return refusals.notCalibrated();
  const stepper = { ...profile, curve };
  const range = workingRange(stepper);
  if (range === null) return refusals.notCalibrated(noUsableSpeed(stepper));

  const estimate = estimateDose(order, { range, limits, minDoseMl: profile.minDoseMl });
  if (estimate.kind === 'refused') return estimate;

  const { volumeMl } = order;
  const { durationS } = estimate;
  const rateMlPerMin = Math.min(range.fastestMlPerMin, estimate.rateMlPerMin);
  const speed = turningSpeed(stepper, range, rateMlPerMin);
  const mlPerPulse = speed.mlPerRev / pulsesPerRev(geometry);
  const pulses = Math.round(volumeMl / mlPerPulse);
  if (pulses < 1) return refusals.tooSmall(volumeMl, mlPerPulse);
  if (pulses > MAX_PULSES) return refusals.singleDoseLimit(volumeMl, MAX_PULSES * mlPerPulse);
  const plannedMl = pulses * mlPerPulse;
  return {
    kind: 'plan',
    motion: {
      pulses,
      direction: order.direction,
      durationMs: durationS * 1000,
      minCode: range.minCode,
      maxCode: ceilingCode(geometry, range, speed.meanRpm),
    },
    volumeMl: plannedMl,
    durationS,
    rateMlPerMin: rateOf(plannedMl, durationS),
    rpm: speed.rpm,
    mlPerRev: speed.mlPerRev,
    errorPct: curve.errorPct,
  };
}

/** Between which mean rates this pump can be ordered; null while it has no usable calibration. */
export function rateRange(profile: PumpProfile): RateRange | null {
  const range = profile.curve === null ? null : workingRange({ ...profile, curve: profile.curve });
  if (range === null) return null;
  const { slowestMlPerMin, comfortableMlPerMin, fastestMlPerMin } = range;
  return { slowestMlPerMin, comfortableMlPerMin, fastestMlPerMin };
}

function noUsableSpeed({ curve, geometry }: CalibratedStepper): string {
  const { minRpm, maxRpm } = calibratedRange(curve);
  return `its calibration covers ${formatNumber(minRpm)} to ${formatNumber(maxRpm)} rpm, and its motor has no speed there that is at most ${formatNumber(geometry.maxRpm)} rpm`;
}
