import { type ChunkTiming, pulsesIn, turningMs } from './chunk-timing.ts';

/** Longest turning of one chunk: bounds what a lost stop or a crash can let through. */
export const CHUNK_LIMIT_MS = 1000;

/** A pause shorter than this is not worth a timer. */
export const SHORTEST_PAUSE_MS = 5;

/**
 * The next thing to do in a motion. After a `wait` one plans again; the chunk that then comes has at most `nextPulses`,
 * so that it can be announced before the pause.
 */
export type ChunkStep =
  | { readonly kind: 'run'; readonly code: number; readonly pulses: number; readonly expectedMs: number }
  | { readonly kind: 'wait'; readonly ms: number; readonly nextPulses: number }
  | { readonly kind: 'done' };

/** A chunk of at most `pulses` that turns for at most `limitMs` and {@link CHUNK_LIMIT_MS}. */
export function runStep(pulses: number, code: number, limitMs: number, timing: ChunkTiming) {
  const longest = Math.floor(pulsesIn(Math.min(limitMs, CHUNK_LIMIT_MS), code, timing.clockFactor));
  const chunk = Math.min(pulses, Math.max(1, longest));
  return { kind: 'run', code, pulses: chunk, expectedMs: turningMs(chunk, code, timing.clockFactor) } as const;
}

/** `run`, or the pause before it if it is due only in `slackMs`. */
export function runAfter(slackMs: number, run: Extract<ChunkStep, { kind: 'run' }>): ChunkStep {
  return slackMs > SHORTEST_PAUSE_MS ? { kind: 'wait', ms: slackMs, nextPulses: run.pulses } : run;
}
