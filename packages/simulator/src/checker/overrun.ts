import type { DoseFacts } from './chronicle.ts';
import { TOLERANCE_TURNS } from './invariant.ts';

/**
 * A shaft that spins by itself at 1200 rpm is seen a chunk of one second later at the soonest, and then stopped: as a
 * bound, so many turns. Nothing that a controller or agent does can be quicker on a board that must not be asked in motion.
 */
const RUNAWAY_TURNS = 120;

/** How far the dose may pass what was ordered, ml: the encoder's tolerance, or what its hardware did by itself. */
export function overrunMl({ start, hardships }: DoseFacts): number {
  const turns = hardships.has('runaway') ? RUNAWAY_TURNS : 2 * TOLERANCE_TURNS;
  return turns * (start?.mlPerRev ?? 0);
}
