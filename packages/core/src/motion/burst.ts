import type { Motion } from '../dose/dose.ts';
import { CHUNK_LIMIT_MS, type ChunkStep, runAfter, runStep } from './chunk-step.ts';
import { type ChunkTiming, turningMs } from './chunk-timing.ts';

/** Rest between two bursts that still passes for one motion, with what the chunk costs beside turning. */
const LONGEST_REST_MS = 700;
/** A shorter burst is mostly start and stop; where the rate is too low for it, the rests grow instead. */
const SHORTEST_BURST_MS = 100;
/** A motion that lasts this long starts at its beginning and ends at its end, so it has two bursts at least. */
const SPANNING_MS = 1000;

/** How a rate below the slowest speed is made: bursts of `pulses` at `code`, `pauseMs` apart beside the overhead. */
export interface BurstPattern {
  readonly code: number;
  readonly pulses: number;
  readonly pauseMs: number;
}

/** The bursts of a motion, or null where it can turn without pauses. `code` is the slowest speed it may use. */
export function burstPattern(motion: Motion, code: number, timing: ChunkTiming): BurstPattern | null {
  const turnMs = turningMs(motion.pulses, code, timing.clockFactor);
  const chunks = Math.ceil(motion.durationMs / (CHUNK_LIMIT_MS + timing.overheadMs));
  if (turnMs >= motion.durationMs - chunks * timing.overheadMs) return null;

  const share = turnMs / motion.durationMs;
  const burstMs = Math.min(CHUNK_LIMIT_MS, Math.max(SHORTEST_BURST_MS, (LONGEST_REST_MS * share) / (1 - share)));
  const fewest = motion.durationMs >= SPANNING_MS ? 2 : 1;
  const wanted = Math.max(fewest, Math.round(turnMs / burstMs), Math.ceil(turnMs / CHUNK_LIMIT_MS));
  const pulses = Math.ceil(motion.pulses / wanted);
  const bursts = Math.ceil(motion.pulses / pulses);
  const restMs = motion.durationMs - turnMs - bursts * timing.overheadMs;
  return { code, pulses, pauseMs: bursts > 1 ? Math.max(0, restMs / (bursts - 1)) : 0 };
}

/** The next burst, as late as lets the last one end when `remainingMs` are over. */
export function planBurst(pattern: BurstPattern, left: number, remainingMs: number, timing: ChunkTiming): ChunkStep {
  const bursts = Math.ceil(left / pattern.pulses);
  const neededMs =
    turningMs(left, pattern.code, timing.clockFactor) + bursts * timing.overheadMs + (bursts - 1) * pattern.pauseMs;
  return runAfter(
    remainingMs - neededMs,
    runStep(Math.min(left, pattern.pulses), pattern.code, CHUNK_LIMIT_MS, timing),
  );
}
