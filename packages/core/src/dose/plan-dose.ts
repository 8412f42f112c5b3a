import { type CalibrationCurve, calibratedRange } from '../calibration/calibration-curve.ts';
import {
  type CalibratedStepper,
  ceilingCode,
  turningSpeed,
  type WorkingRange,
  workingRange,
} from '../calibration/working-range.ts';
import { assert } from '../errors/perista-error.ts';
import { formatNumber } from '../units/quantity.ts';
import { ROUNDING } from '../units/rounding.ts';
import { pulsesPerRev } from '../units/stepper-speed.ts';
import type { Direction, DoseLimits, Motion, StepperGeometry } from './dose.ts';
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

export interface DoseOrder {
  readonly volumeMl: number;
  /** Without it the pump takes its comfortable rate: half of its fastest. */
  readonly durationS?: number;
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

/** Durations that Perista chooses or proposes are whole tenths of a second. */
const TENTHS_PER_S = 10;

/**
 * Turns a volume and a duration into pulses and speed codes, or refuses with the first rule that says no: calibrated,
 * not too small, feasible rate, single dose, duration. Caps over time are `checkCaps`. Nothing is ever shortened.
 */
export function planDose(order: DoseOrder, profile: PumpProfile): DosePlan | Refusal {
  assertPositive(order.volumeMl, 'volume');
  if (order.durationS !== undefined) assertPositive(order.durationS, 'duration');
  const { curve, geometry, limits } = profile;
  if (curve === null) return refusals.notCalibrated();
  const stepper = { ...profile, curve };
  const range = workingRange(stepper);
  if (range === null) return refusals.notCalibrated(noUsableSpeed(stepper));

  const { volumeMl } = order;
  const durationS = order.durationS ?? chooseDurationS(volumeMl, range, limits);
  const refusal =
    refuseTooSmall(volumeMl, profile.minDoseMl) ??
    (order.durationS === undefined ? null : refuseRate(volumeMl, durationS, range, limits)) ??
    refuseOverLimits(volumeMl, durationS, limits);
  if (refusal !== null) return refusal;

  const rateMlPerMin = Math.min(range.fastestMlPerMin, rateOf(volumeMl, durationS));
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

/** Mean rates of a pump, ml/min. */
export type RateRange = Pick<WorkingRange, 'slowestMlPerMin' | 'comfortableMlPerMin' | 'fastestMlPerMin'>;

/** Between which mean rates this pump can be ordered; null while it has no usable calibration. */
export function rateRange(profile: PumpProfile): RateRange | null {
  const range = profile.curve === null ? null : workingRange({ ...profile, curve: profile.curve });
  if (range === null) return null;
  const { slowestMlPerMin, comfortableMlPerMin, fastestMlPerMin } = range;
  return { slowestMlPerMin, comfortableMlPerMin, fastestMlPerMin };
}

/** Comfortable if the duration limit leaves time for it, else as slow as the limit lets it; never faster than it can. */
function chooseDurationS(volumeMl: number, range: WorkingRange, limits: DoseLimits): number {
  const comfortableS = ceilToTenth(secondsAt(range.comfortableMlPerMin, volumeMl));
  return Math.max(secondsAt(range.fastestMlPerMin, volumeMl), Math.min(comfortableS, limits.durationS));
}

function refuseTooSmall(volumeMl: number, leastMl: number): Refusal | null {
  return volumeMl < leastMl * (1 - ROUNDING) ? refusals.tooSmall(volumeMl, leastMl) : null;
}

function refuseRate(volumeMl: number, durationS: number, range: WorkingRange, limits: DoseLimits): Refusal | null {
  const rate = rateOf(volumeMl, durationS);
  const { fastestMlPerMin: fastest, slowestMlPerMin: slowest } = range;
  if (rate > fastest * (1 + ROUNDING)) {
    const fastestDurationS = ceilToTenth(secondsAt(fastest, volumeMl));
    const isFeasible = refuseOverLimits(volumeMl, fastestDurationS, limits) === null;
    return refusals.rateTooHigh({ volumeMl, durationS, rate, fastest, ...(isFeasible && { fastestDurationS }) });
  }
  if (rate < slowest * (1 - ROUNDING)) {
    return refusals.rateTooLow({ volumeMl, durationS, rate, slowest, slowestDurationS: secondsAt(slowest, volumeMl) });
  }
  return null;
}

/** Single dose and duration. */
export function refuseOverLimits(volumeMl: number, durationS: number, limits: DoseLimits): Refusal | null {
  if (volumeMl > limits.singleMl * (1 + ROUNDING)) return refusals.singleDoseLimit(volumeMl, limits.singleMl);
  if (durationS > limits.durationS * (1 + ROUNDING)) return refusals.durationLimit(durationS, limits.durationS);
  return null;
}

const rateOf = (volumeMl: number, durationS: number) => (volumeMl / durationS) * 60;

const secondsAt = (mlPerMin: number, volumeMl: number) => (volumeMl / mlPerMin) * 60;

function ceilToTenth(seconds: number): number {
  return Math.ceil(seconds * TENTHS_PER_S * (1 - ROUNDING / 2)) / TENTHS_PER_S;
}

function noUsableSpeed({ curve, geometry }: CalibratedStepper): string {
  const { minRpm, maxRpm } = calibratedRange(curve);
  return `its calibration covers ${formatNumber(minRpm)} to ${formatNumber(maxRpm)} rpm, and its motor has no speed there that is at most ${formatNumber(geometry.maxRpm)} rpm`;
}

function assertPositive(value: number, what: string): void {
  assert(Number.isFinite(value) && value > 0, `the ${what} of an order is a positive number, not ${value}`);
}
