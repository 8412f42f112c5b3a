import { type DoseFacts, TAKEOVER_TURNS } from './chronicle.ts';
import { TOLERANCE_TURNS } from './invariant.ts';

/**
 * A shaft that spins by itself at 1200 rpm is seen a chunk later at the soonest, and then stopped: as a
 * bound, so many turns. Nothing that a controller or agent does can be quicker on a board that must not be asked in motion.
 */
const RUNAWAY_TURNS = 120;

/** Most that a shaft spins by itself. */
const RUNAWAY_TURNS_PER_MS = 1_200 / 60_000;

/**
 * How far from its range a dose may lie whose board lost power or was out of reach, whose record was lost, or whose coils
 * came back after it was seen at rest, while its shaft did what nobody had ordered, ml: no reading tells of it afterwards. A shaft that spun
 * on has turned since the last tick until its power was gone; one that turned back by a chunk is taken for one that turned
 * forward by as much.
 */
export function unseenMl(dose: DoseFacts): number {
  const { start, hardships, powerlessMs, lastTickMs, widestChunk } = dose;
  if (start !== null && dose.lateCutTurns > 0) return dose.lateCutTurns * start.mlPerRev;
  const mayRunUnseen =
    hardships.has('runaway') && (dose.isRecordLost || hardships.has('stall') || hardships.has('unplugged'));
  if (start !== null && mayRunUnseen) return RUNAWAY_TURNS * start.mlPerRev;
  if (start === null || powerlessMs === null || lastTickMs === null) return 0;
  const spun = hardships.has('runaway') ? RUNAWAY_TURNS_PER_MS * Math.max(0, powerlessMs - lastTickMs) : 0;
  const back = hardships.has('reversed') ? (2 * widestChunk) / start.encoder.countsPerRev : 0;
  return Math.max(spun, back) * start.mlPerRev;
}

/**
 * How far the dose may pass what was ordered, ml: the encoder's tolerance, or what its hardware did by itself. An order that
 * noise has changed past the board's checksum of 8 bits turns as fast and as far as it says, either way, until its chunk
 * should be over. A relay whose guard died stays on until the next one has the lines.
 */
export function overrunMl({ start, hardships, wasUnguarded, lateCutTurns }: DoseFacts): number {
  if (start === null) return 0;
  if (wasUnguarded) return (TAKEOVER_TURNS + lateCutTurns) * start.mlPerRev;
  const isUnruly = hardships.has('runaway') || hardships.has('garbled');
  return (isUnruly ? RUNAWAY_TURNS : 2 * TOLERANCE_TURNS) * start.mlPerRev;
}
