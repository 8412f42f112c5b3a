import { formatNumber } from '../units/quantity.ts';
import type { Direction, Motion } from './dose.ts';
import type { DoseWish } from './estimate-dose.ts';
import type { Refusal } from './refusal.ts';

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

/** Turning while a button is held. */
export interface PrimeOrder {
  /** However long it is held, s. */
  readonly maxS: number;
  readonly direction: Direction;
}

export interface PrimePlan {
  readonly kind: 'plan';
  /** The whole turn, as if the button were held to the end. */
  readonly motion: Motion;
  readonly durationS: number;
  /** The most that it may give, ml: the largest rate of the pump all the time. */
  readonly largestMl: number;
  /** By the calibration, ml/min; null without one. */
  readonly rateMlPerMin: number | null;
  /** Volume of a revolution, ml: calibrated, or the most that it can be where nothing was measured. */
  readonly mlPerRev: number;
}

/** Says in a refusal why so much is charged when nobody has named a volume. */
export const explainCharge = (refusal: Refusal, maxS: number, largestMl: number): Refusal => ({
  ...refusal,
  sentence: `Priming for up to ${formatNumber(maxS)} s counts as ${formatNumber(largestMl)} ml until it is over. ${refusal.sentence}`,
});
