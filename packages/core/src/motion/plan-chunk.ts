import type { Motion } from '../dose/dose.ts';
import { assert } from '../errors/perista-error.ts';
import { planBurst } from './burst.ts';
import { type ChunkStep, chunksIn, type MotionProgress, runStep } from './chunk-step.ts';
import { type ChunkTiming, pulsesIn, turningMs } from './chunk-timing.ts';

/**
 * Chooses the next chunk so that all of `motion` has turned when its duration is over, as near as the board allows.
 *
 * A board knows only 127 speeds. Each chunk runs at the speed below or above the wanted one, whichever is nearer for
 * what is left, so that the error never grows beyond one chunk; the last chunk runs at the faster speed after a short
 * pause, and so ends on time. Rates under `minCode` become bursts. What a chunk costs beside turning is planned in.
 * A motion that is late runs at `maxCode`; nothing ever makes it turn more pulses than are left.
 */
export function planChunk(
  motion: Motion,
  progress: MotionProgress,
  timing: ChunkTiming,
  forbiddenCode: number,
): ChunkStep {
  const left = motion.pulses - progress.pulsesDone;
  if (left <= 0) return { kind: 'done' };
  const remainingMs = motion.durationMs - progress.elapsedMs;
  const nearest = (code: number, step: 1 | -1) => allowedCode(motion, code, step, forbiddenCode);
  const slowest = nearest(motion.minCode, 1);
  return isSteady(motion, slowest, timing)
    ? planSteady(left, remainingMs, timing, nearest)
    : planBurst(left, remainingMs, slowest, progress.pulsesDone === 0, timing);
}

/** Whether the whole motion is as fast as `slowest` at least, so that it needs no rests. */
function isSteady({ pulses, durationMs }: Motion, slowest: number, timing: ChunkTiming): boolean {
  return (
    turningMs(pulses, slowest, timing.clockFactor) >= durationMs - chunksIn(durationMs, timing) * timing.overheadMs
  );
}

function planSteady(
  left: number,
  remainingMs: number,
  timing: ChunkTiming,
  nearest: (code: number, step: 1 | -1) => number,
): ChunkStep {
  const chunks = chunksIn(remainingMs, timing);
  const turnMs = remainingMs - chunks * timing.overheadMs;
  const wanted = turnMs > 0 ? left / pulsesIn(turnMs, 1, timing.clockFactor) : Number.POSITIVE_INFINITY;
  const slower = nearest(Math.floor(wanted), -1);
  const faster = nearest(Math.ceil(wanted), 1);
  if (chunks > 1) {
    const code = wanted - slower < faster - wanted ? slower : faster;
    return runStep(left, code, timing, { limitMs: turnMs / chunks });
  }
  return runStep(left, faster, timing, { afterMs: turnMs - turningMs(left, faster, timing.clockFactor) });
}

/** The code nearest to `wanted` that the motion allows and the board can be sent; `step` says where to look first. */
function allowedCode(motion: Motion, wanted: number, step: 1 | -1, forbiddenCode: number): number {
  const clamp = (code: number) => Math.min(motion.maxCode, Math.max(motion.minCode, code));
  const inRange = clamp(wanted);
  const found = [inRange, clamp(inRange + step), clamp(inRange - step)].find((code) => code !== forbiddenCode);
  assert(found !== undefined, 'a motion allows at least one speed code that its board can be sent');
  return found;
}
