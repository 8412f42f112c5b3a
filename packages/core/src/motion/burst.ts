import { CHUNK_LIMIT_MS, type ChunkStep, runStep } from './chunk-step.ts';
import { type ChunkTiming, turningMs } from './chunk-timing.ts';

/** Rest between two bursts that still passes for one motion, with what the chunk costs beside turning. */
const LONGEST_REST_MS = 700;
/** A shorter burst is mostly start and stop; where the rate is too low for it, the rests grow instead. */
const SHORTEST_BURST_MS = 100;
/** A motion that lasts this long starts at its beginning and ends at its end, so it has two bursts at least. */
const SPANNING_MS = 1000;

/**
 * The next of even bursts at `code` that give what is `left` in `remainingMs`: as long as rests of at most
 * {@link LONGEST_REST_MS} need, the first at once, the last to end with the motion.
 */
export function planBurst(
  left: number,
  remainingMs: number,
  code: number,
  isFirst: boolean,
  timing: ChunkTiming,
): ChunkStep {
  const turnMs = turningMs(left, code, timing.clockFactor);
  const fewest = isFirst && remainingMs >= SPANNING_MS ? 2 : 1;
  const bursts = Math.max(
    fewest,
    Math.round(turnMs / burstMs(turnMs, remainingMs)),
    Math.ceil(turnMs / CHUNK_LIMIT_MS),
  );
  const restMs = (remainingMs - turnMs - bursts * timing.overheadMs) / bursts;
  return runStep(Math.ceil(left / bursts), code, timing, { afterMs: isFirst ? 0 : restMs });
}

function burstMs(turnMs: number, remainingMs: number): number {
  const restedMs = remainingMs - turnMs;
  if (restedMs <= 0) return CHUNK_LIMIT_MS;
  return Math.min(CHUNK_LIMIT_MS, Math.max(SHORTEST_BURST_MS, (LONGEST_REST_MS * turnMs) / restedMs));
}
