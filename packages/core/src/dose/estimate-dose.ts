import type { WorkingRange } from '../calibration/working-range.ts';
import { assert } from '../errors/perista-error.ts';
import { ROUNDING } from '../units/rounding.ts';
import type { DoseLimits } from './dose.ts';
import { type Refusal, refusals } from './refusal.ts';

/** Mean rates of a pump, ml/min. */
export type RateRange = Pick<WorkingRange, 'slowestMlPerMin' | 'comfortableMlPerMin' | 'fastestMlPerMin'>;

export interface DoseWish {
  readonly volumeMl: number;
  /** Without it the pump takes its comfortable rate: half of its fastest. */
  readonly durationS?: number;
}

/** What bounds a dose before one looks at the motor, the caps over time and the container. */
export interface DoseBounds {
  readonly range: RateRange;
  readonly limits: Pick<DoseLimits, 'singleMl' | 'durationS'>;
  readonly minDoseMl: number;
}

export interface DoseEstimate {
  readonly kind: 'estimate';
  readonly durationS: number;
  /** Mean over the whole dose. */
  readonly rateMlPerMin: number;
}

/** Durations that Perista chooses or proposes are whole tenths of a second. */
const TENTHS_PER_S = 10;

/**
 * How long a dose takes and at which rate, or the first rule that says no: not too small, feasible rate, single dose,
 * duration. Needs no motor, so that a form can show it before anything is ordered.
 */
export function estimateDose(wish: DoseWish, { range, limits, minDoseMl }: DoseBounds): DoseEstimate | Refusal {
  const { volumeMl } = wish;
  assertPositive(volumeMl, 'volume');
  if (wish.durationS !== undefined) assertPositive(wish.durationS, 'duration');
  const durationS = wish.durationS ?? chooseDurationS(volumeMl, range, limits);
  return (
    refuseTooSmall(volumeMl, minDoseMl) ??
    (wish.durationS === undefined ? null : refuseRate(volumeMl, durationS, range, limits)) ??
    refuseOverLimits(volumeMl, durationS, limits) ?? {
      kind: 'estimate',
      durationS,
      rateMlPerMin: rateOf(volumeMl, durationS),
    }
  );
}

type OrderLimits = DoseBounds['limits'];

/** A pump of one rate gives a volume in one time. */
const hasOneRate = (range: RateRange) => range.slowestMlPerMin === range.fastestMlPerMin;

/** Comfortable if the duration limit leaves time for it, else as slow as the limit lets it; never faster than it can. */
function chooseDurationS(volumeMl: number, range: RateRange, limits: OrderLimits): number {
  if (hasOneRate(range)) return secondsAt(range.fastestMlPerMin, volumeMl);
  const comfortableS = ceilToTenth(secondsAt(range.comfortableMlPerMin, volumeMl));
  return Math.max(secondsAt(range.fastestMlPerMin, volumeMl), Math.min(comfortableS, limits.durationS));
}

function refuseTooSmall(volumeMl: number, leastMl: number): Refusal | null {
  return volumeMl < leastMl * (1 - ROUNDING) ? refusals.tooSmall(volumeMl, leastMl) : null;
}

function refuseRate(volumeMl: number, durationS: number, range: RateRange, limits: OrderLimits): Refusal | null {
  if (hasOneRate(range)) return refuseOtherRate(volumeMl, durationS, range.fastestMlPerMin);
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

/** What was ordered may be off by how durations are rounded. */
function refuseOtherRate(volumeMl: number, durationS: number, onlyRate: number): Refusal | null {
  const takesS = secondsAt(onlyRate, volumeMl);
  if (Math.abs(durationS - takesS) <= 1 / TENTHS_PER_S) return null;
  return refusals.otherRate({ volumeMl, durationS, rate: rateOf(volumeMl, durationS), onlyRate, takesS });
}

/** Single dose and duration. */
export function refuseOverLimits(volumeMl: number, durationS: number, limits: OrderLimits): Refusal | null {
  if (volumeMl > limits.singleMl * (1 + ROUNDING)) return refusals.singleDoseLimit(volumeMl, limits.singleMl);
  if (durationS > limits.durationS * (1 + ROUNDING)) return refusals.durationLimit(durationS, limits.durationS);
  return null;
}

/** Mean rate, ml/min. */
export const rateOf = (volumeMl: number, durationS: number) => (volumeMl / durationS) * 60;

const secondsAt = (mlPerMin: number, volumeMl: number) => (volumeMl / mlPerMin) * 60;

function ceilToTenth(seconds: number): number {
  return Math.ceil(seconds * TENTHS_PER_S * (1 - ROUNDING / 2)) / TENTHS_PER_S;
}

function assertPositive(value: number, what: string): void {
  assert(Number.isFinite(value) && value > 0, `the ${what} of an order is a positive number, not ${value}`);
}
