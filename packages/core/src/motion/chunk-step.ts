import { type ChunkTiming, pulsesIn, turningMs, UNLEARNT_TIMING } from './chunk-timing.ts';

/**
 * Longest turning of one chunk: bounds what a lost stop or a crash can let through, and how far a screen is behind the
 * shaft, since what a board turned is known between chunks only. Shorter ones would cost speed.
 */
export const CHUNK_LIMIT_MS = 700;

/** A pause shorter than this is not worth a timer. */
const SHORTEST_PAUSE_MS = 5;

/** Chunks of which a motion of `ms` is made. */
export const chunksIn = (ms: number, { overheadMs }: Pick<ChunkTiming, 'overheadMs'>): number =>
  Math.max(1, Math.ceil(ms / (CHUNK_LIMIT_MS + overheadMs)));

/**
 * How much faster than its mean speed a motion of `ms` turns its shaft, since no chunk turns all of its time; of a motion
 * that lasts, if `ms` is infinite. Infinite where chunks leave no time to turn.
 */
export function turningFactor(ms: number, timing: ChunkTiming = UNLEARNT_TIMING): number {
  if (ms === Number.POSITIVE_INFINITY) return (CHUNK_LIMIT_MS + timing.overheadMs) / CHUNK_LIMIT_MS;
  const turnMs = ms - chunksIn(ms, timing) * timing.overheadMs;
  return turnMs > 0 ? ms / turnMs : Number.POSITIVE_INFINITY;
}

/** The next thing to do in a motion: nothing any more, or a pause of `afterMs` and then a chunk. */
export type ChunkStep =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'run';
      readonly afterMs: number;
      readonly code: number;
      readonly pulses: number;
      /** How long it will turn, by what was learnt of the board's clock. */
      readonly expectedMs: number;
    };

/** How far a motion has come. */
export interface MotionProgress {
  /** Pulses that have turned the shaft, by its encoder. */
  readonly pulsesDone: number;
  readonly elapsedMs: number;
}

/** A chunk of at most `pulses` that turns for at most `limitMs` and {@link CHUNK_LIMIT_MS}, `afterMs` from now. */
export function runStep(
  pulses: number,
  code: number,
  timing: ChunkTiming,
  { limitMs = CHUNK_LIMIT_MS, afterMs = 0 }: { limitMs?: number; afterMs?: number } = {},
): ChunkStep {
  const longest = Math.floor(pulsesIn(Math.min(limitMs, CHUNK_LIMIT_MS), code, timing.clockFactor));
  const chunk = Math.min(pulses, Math.max(1, longest));
  return {
    kind: 'run',
    afterMs: afterMs > SHORTEST_PAUSE_MS ? afterMs : 0,
    code,
    pulses: chunk,
    expectedMs: turningMs(chunk, code, timing.clockFactor),
  };
}
