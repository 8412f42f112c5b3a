import { type ErrorCode, pulsesToCounts } from '@perista/core';
import { COUNTS_PER_REV } from './firmware.ts';

/** The encoder may differ from the command by this much: 0.5°, or 0.5 % of what was ordered. */
const TOLERANCE_COUNTS = (0.5 / 360) * COUNTS_PER_REV;
const TOLERANCE_PART = 0.005;
/** Two roundings of the encoder. */
const ROUNDING_COUNTS = 2;
/** More than this times the commanded turn is a runaway, not an overshoot. */
export const RUNAWAY_FACTOR = 1.5;
/** Less than this part of the commanded turn is no progress. */
const PROGRESS_PART = 0.05;

const HALF_TURN = COUNTS_PER_REV / 2;

export const toleranceCounts = (orderedCounts: number) => Math.max(TOLERANCE_COUNTS, TOLERANCE_PART * orderedCounts);

/** A chunk as it was ordered and as the encoder saw it; counts in the ordered direction. */
export interface ChunkTravel {
  /** Counts that this chunk was to turn. */
  readonly orderedCounts: number;
  /** Counts that it turned. */
  readonly turnedCounts: number;
  /** Counts that the whole motion lacks of all pulses ordered so far; negative: it is too far. */
  readonly shortCounts: number;
}

export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What must stop a motion at once. A shaft past its order that still turns runs away; one at rest has overshot. */
export function findRunaway(
  { orderedCounts, turnedCounts, shortCounts }: ChunkTravel,
  stillTurning: boolean,
): Fault | null {
  const tolerance = toleranceCounts(orderedCounts);
  const saw = `ordered ${degrees(orderedCounts)}, turned ${degrees(turnedCounts)}`;
  if (turnedCounts < -tolerance) return { code: 'E104', message: `The motor turned in the wrong direction: ${saw}` };
  if (shortCounts >= -tolerance) return null;
  return stillTurning || turnedCounts > RUNAWAY_FACTOR * orderedCounts + tolerance
    ? { code: 'E103', message: `The motor ran faster than commanded: ${saw}` }
    : { code: 'E109', message: `The motor turned further than commanded: ${saw}` };
}

export const isComplete = ({ shortCounts }: ChunkTravel): boolean => shortCounts <= ROUNDING_COUNTS;

export const hasProgress = ({ orderedCounts, turnedCounts }: ChunkTravel): boolean =>
  turnedCounts > Math.min(orderedCounts - ROUNDING_COUNTS, PROGRESS_PART * orderedCounts);

/**
 * Why a chunk at rest is short of its order. A shaft that was held back lags behind pulses that the board has: those must
 * never be ordered again, for the shaft may still make up for them. Pulses that an aborted move never made are no lag.
 */
export interface Shortfall {
  readonly kind: 'lag-within-tolerance' | 'lagging' | 'aborted';
  /** So much of the shortfall is lag, as far as the board tells it; of an aborted move the rest was never made. */
  readonly lagCounts: number;
}

/**
 * `angleError` as the board tells it: within half a turn, so a longer lag shows as half a turn or modulo a whole one.
 * `mayBeWhole`: the board took the move, and nobody stopped it.
 */
export function judgeShortfall(travel: ChunkTravel, angleError: number, mayBeWhole: boolean): Shortfall {
  const { shortCounts, orderedCounts } = travel;
  const tolerance = toleranceCounts(orderedCounts);
  const lag = Math.abs(angleError);
  const coversAll = lag >= Math.min(shortCounts, HALF_TURN) - Math.min(tolerance, shortCounts / 2);
  const coversModuloTurn =
    (mayBeWhole || lag > tolerance) &&
    shortCounts > HALF_TURN &&
    [lag, -lag].some((error) => distanceModuloTurn(shortCounts, error) <= TOLERANCE_COUNTS);
  const lagCounts = Math.min(lag, shortCounts);
  if (!coversAll && !coversModuloTurn) return { kind: 'aborted', lagCounts };
  return { kind: shortCounts <= tolerance ? 'lag-within-tolerance' : 'lagging', lagCounts };
}

function distanceModuloTurn(counts: number, other: number): number {
  const apart = (((counts - other) % COUNTS_PER_REV) + COUNTS_PER_REV) % COUNTS_PER_REV;
  return Math.min(apart, COUNTS_PER_REV - apart);
}

const degrees = (counts: number) => `${((counts * 360) / COUNTS_PER_REV).toFixed(1)}°`;

export const countsOf = (pulses: number, pulsesPerRev: number) => pulsesToCounts(pulses, pulsesPerRev, COUNTS_PER_REV);
