import { PULSES_PER_S_PER_CODE } from '../units/stepper-speed.ts';

/**
 * What was learnt of one board's time. Boards run up to 9 % beside the manual's speed law, and each chunk costs more
 * than its turning: the board's start, the wait past the expected end, the readings that prove rest.
 */
export interface ChunkTiming {
  /** Measured pulse rate over the nominal one: 1.09 is a board that turns 9 % faster than the manual says. */
  readonly clockFactor: number;
  /** Time of a chunk beside its turning, ms. */
  readonly overheadMs: number;
}

/** What a board is taken for before its first chunk. */
export const UNLEARNT_TIMING: ChunkTiming = { clockFactor: 1, overheadMs: 120 };

/** A board that seems to be further off than this is measured wrongly, not learnt from. */
const CLOCK_FACTOR_RANGE = { min: 0.7, max: 1.4 } as const;
const MOST_OVERHEAD_MS = 1000;

/** Weight of a new measurement: high, because a motion has few chunks, and one disturbed chunk is soon outweighed. */
const GAIN = 0.5;

/** Time that `pulses` take at `code`, ms. */
export function turningMs(pulses: number, code: number, clockFactor: number): number {
  return (pulses * 1000) / (PULSES_PER_S_PER_CODE * code * clockFactor);
}

/** Pulses, not rounded, that `ms` give at `code`. */
export function pulsesIn(ms: number, code: number, clockFactor: number): number {
  return (ms * PULSES_PER_S_PER_CODE * code * clockFactor) / 1000;
}

/** Learns from `pulses` that were seen to take `turnedMs` at `code`. */
export function learnClock(timing: ChunkTiming, pulses: number, code: number, turnedMs: number): ChunkTiming {
  const measured = turningMs(pulses, code, 1) / turnedMs;
  if (!(measured >= CLOCK_FACTOR_RANGE.min && measured <= CLOCK_FACTOR_RANGE.max)) return timing;
  return { ...timing, clockFactor: timing.clockFactor + GAIN * (measured - timing.clockFactor) };
}

/** Learns from a whole chunk that took `wallMs`, of which `expectedMs` were planned for turning. */
export function learnOverhead(timing: ChunkTiming, expectedMs: number, wallMs: number): ChunkTiming {
  const measured = wallMs - expectedMs;
  if (!(measured >= 0 && measured <= MOST_OVERHEAD_MS)) return timing;
  return { ...timing, overheadMs: timing.overheadMs + GAIN * (measured - timing.overheadMs) };
}
