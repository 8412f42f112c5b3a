import { positionDelta } from '../motion/position.ts';
import type { VolumeRange } from './dose.ts';

/** What the position counter of a board means. */
export interface Encoder {
  /** The counter wraps at 2^bits. */
  readonly bits: number;
  readonly countsPerRev: number;
  /** Whether the counter grows or falls when the shaft turns as ordered. */
  readonly sign: 1 | -1;
}

/** Counts that the shaft has turned in the ordered direction since the dose began: at least `lo`, at most `hi`. */
export interface Travel {
  readonly lo: number;
  readonly hi: number;
  /** What the shaft was seen to turn, where `lo` and `hi` differ only because its liquid is not proven. */
  readonly shaft?: number;
}

/** The last thing known for certain: a position, what was travelled by then, and the most that the next chunk can add. */
export interface Waypoint {
  readonly position: number;
  readonly travel: Travel;
  readonly nextChunkCounts: number;
}

/** A reading may differ from the commanded place by this part of a revolution plus this part of the chunk. */
const TOLERANCE_REV = 0.01;
const TOLERANCE_CHUNK = 0.02;

/** A counter that began at zero and a shaft that stayed differ by less than this part of a revolution. */
const ZERO_REV = 0.002;

const toleranceCounts = (encoder: Encoder, chunkCounts: number) =>
  encoder.countsPerRev * TOLERANCE_REV + chunkCounts * TOLERANCE_CHUNK;

/** Turns that a shaft can make in the chunk after `last`, as an encoder tells them: from the first of them to the last. */
const reachOf = (encoder: Encoder, { nextChunkCounts }: Waypoint) => ({
  lowest: -toleranceCounts(encoder, 0),
  highest: nextChunkCounts + toleranceCounts(encoder, nextChunkCounts),
});

/** Whether two readings show the same place of a shaft at rest. */
const isSamePlace = (encoder: Encoder, from: number, to: number): boolean =>
  Math.abs(signedDelta(encoder, from, to)) <= toleranceCounts(encoder, 0);

/** Counts from one reading to another in the ordered direction, by the shorter way around the counter. */
function signedDelta(encoder: Encoder, from: number, to: number): number {
  return positionDelta(from, to, encoder.bits) * encoder.sign;
}

/** Whether the chunk after `waypoint` could take the shaft past `capCounts` by more than the encoder's tolerance. */
export const exceedsCap = (encoder: Encoder, { travel, nextChunkCounts }: Waypoint, capCounts: number): boolean =>
  travel.hi + nextChunkCounts > capCounts + toleranceCounts(encoder, nextChunkCounts);

/** What was travelled if nothing is known but that one chunk at most was run since `last`. */
const wholeChunk = (last: Waypoint): Travel => ({ lo: last.travel.lo, hi: last.travel.hi + last.nextChunkCounts });

/** What is known of the motion that ended where a board was in touch all the while. */
export interface InTouch {
  /** It may end by so many counts later than its chunk, and is told as it was; none if left out. */
  readonly overrunCounts?: number | undefined;
  /** The counters of the board are known not to have begun anew. */
  readonly isUnbroken?: boolean | undefined;
}

/**
 * What was travelled when the shaft rests at `now`, one chunk at most after `last`, read from a board that was in touch
 * all the while. One possible turn gives an exact travel; several (a 16-bit counter and a chunk of more than one turn)
 * give the range that spans them; no reading gives the whole chunk. Where nothing was ordered since `last`, a counter that
 * began anew at the same angle tells of no turn. A shaft that is seen beyond its chunk, and beyond the
 * `overrunCounts` by which it may end late, ran on by itself.
 */
export function advanceTravel(
  encoder: Encoder,
  last: Waypoint,
  now: number | null,
  { overrunCounts = 0, isUnbroken = false }: InTouch = {},
): Travel {
  if (now === null) return wholeChunk(last);
  const reached = { ...last, nextChunkCounts: last.nextChunkCounts + overrunCounts };
  const deltas = possibleDeltas(encoder, reached, now, 2 ** encoder.bits);
  if (deltas.length > 0) return spanOf(last, deltas);
  const hasRested = last.nextChunkCounts === 0 && !isUnbroken && isAtBaseline(encoder, last.position, now);
  if (hasRested) return last.travel;
  return isUnbroken ? ranOn(encoder, last, now) : beyondChunk(encoder, last, now);
}

/**
 * What was travelled when the motion failed since `last`. The liquid of the last chunk is not proven even where the
 * shaft is, so `lo` stays at the last tick; a shaft that ran on or back counts with all that it turned. Where it rests
 * means little if its board may have lost power since it was `seen`.
 */
export function travelAfterFault(
  encoder: Encoder,
  last: Waypoint,
  now: number | null,
  seen: number | null,
  { isUnbroken = false }: Pick<InTouch, 'isUnbroken'> = {},
): Travel {
  if (now === null) return asSeen(encoder, last, wholeChunk(last), seen);
  const isRestartPossible = !isUnbroken && mayHaveRestarted(encoder, now);
  const travel = travelByRest(encoder, last, now, isRestartPossible);
  return isRestartPossible ? asSeen(encoder, last, travel, seen) : travel;
}

function travelByRest(encoder: Encoder, last: Waypoint, now: number, isRestartPossible: boolean): Travel {
  const delta = signedDelta(encoder, last.position, now);
  const { lowest, highest } = reachOf(encoder, last);
  if (delta >= lowest && delta <= highest) {
    const seen = advanceTravel(encoder, last, now);
    const lo = Math.min(last.travel.lo, seen.lo);
    return { lo, hi: seen.hi, ...(seen.lo === seen.hi && { shaft: seen.hi }) };
  }
  // Further back than a chunk reaches is no motion but a board that restarted.
  if (delta < -highest && isRestartPossible) return wholeChunk(last);
  return {
    lo: Math.max(0, last.travel.lo + Math.min(0, delta)),
    hi: last.travel.hi + Math.max(Math.abs(delta), last.nextChunkCounts),
    ...(delta > 0 && { shaft: last.travel.hi + delta }),
  };
}

/**
 * What was travelled when the motion ended out of touch: a later reading may be that of a board that restarted, and adds
 * nothing then. Only a shaft that is far from where a restarted counter could be has run on for certain.
 */
export function travelOutOfTouch(encoder: Encoder, last: Waypoint, now: number | null, seen: number | null): Travel {
  const whole = asSeen(encoder, last, wholeChunk(last), seen);
  if (now === null || isNearZero(encoder, last, now)) return whole;
  return span(whole, travelByRest(encoder, last, now, mayHaveRestarted(encoder, now)));
}

/** `travel`, and what the shaft was `seen` to turn beyond its chunk before its board was out of touch. */
function asSeen(encoder: Encoder, last: Waypoint, travel: Travel, seen: number | null): Travel {
  if (seen === null || isNearZero(encoder, last, seen)) return travel;
  const delta = signedDelta(encoder, last.position, seen);
  const { lowest, highest } = reachOf(encoder, last);
  return delta >= lowest && delta <= highest ? travel : span(travel, ranOn(encoder, last, seen));
}

/** Whether a board that restarted since `last`, and went on with its chunk, could read so. */
const isNearZero = (encoder: Encoder, last: Waypoint, position: number): boolean =>
  distanceFromZero(encoder, position) <= encoder.countsPerRev + last.nextChunkCounts;

/** The range that holds both. */
const span = (a: Travel, b: Travel): Travel => ({ lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) });

/** Counts that the shaft was seen to turn; null where that is known as a range only. */
export const shaftTravel = ({ lo, hi, shaft }: Travel): number | null => shaft ?? (lo === hi ? lo : null);

/** All turns of the shaft within one chunk of `last` that show as `now` on a counter that begins anew each `period`. */
function possibleDeltas(encoder: Encoder, last: Waypoint, now: number, period: number): number[] {
  const { lowest, highest } = reachOf(encoder, last);
  const within = modulo((now - last.position) * encoder.sign, period);
  const first = within - period >= lowest ? within - period : within;
  const count = first > highest ? 0 : Math.floor((highest - first) / period) + 1;
  return Array.from({ length: count }, (_, turn) => first + turn * period);
}

function spanOf(last: Waypoint, deltas: readonly number[]): Travel {
  return {
    lo: Math.max(0, last.travel.lo + Math.min(...deltas)),
    hi: Math.max(0, last.travel.hi + Math.max(...deltas)),
  };
}

/**
 * A board that lost power counts its turns from zero again. Where it reads the magnet it still knows the angle; a counter
 * of its own begins at zero wherever the shaft stands.
 */
const mayHaveRestarted = (encoder: Encoder, now: number) => isInFirstTurn(encoder, now);
const mayHaveForgotten = (encoder: Encoder, now: number) =>
  distanceFromZero(encoder, now) <= encoder.countsPerRev * ZERO_REV;

const isInFirstTurn = (encoder: Encoder, position: number) =>
  distanceFromZero(encoder, position) <= encoder.countsPerRev;

const distanceFromZero = (encoder: Encoder, now: number) => Math.min(now, 2 ** encoder.bits - now);

/** What the journal knows of a dose whose end it does not hold. */
export interface UnendedDose {
  readonly encoder: Encoder;
  /** Position when the dose began. */
  readonly e0: number;
  readonly targetCounts: number;
  /** The last durable tick; null if there is none, and so by the protocol no motion. */
  readonly lastTick: Waypoint | null;
  /** Whether there may have been a newer tick that cannot be read any more. */
  readonly mayHaveTicked?: boolean;
  /** How far the motion may have gone from any tick before its last, though that announced less. */
  readonly abandonedCounts?: number | undefined;
}

/**
 * Where a shaft rests. `pulsedCounts`: what the pulses of its board since it got its supply turn a shaft by, both ways set
 * off against each other; left out where that is not known, or says nothing of the encoder.
 */
export interface ShaftAtRest {
  readonly position: number;
  readonly pulsedCounts?: number;
}

/**
 * Settles a dose that was cut off, from where the shaft is at `rest` (null: the board cannot be asked any more).
 * Each chunk was preceded by a durable tick, so the true travel lies within one chunk of the last one, or within two where a
 * newer one may be lost; where the shaft has moved and no tick tells of it, the ticks were lost, and it lies within the
 * whole target. The board may have lost power meanwhile, unless it has made more pulses than that chunk: a reading within
 * its first turn is then taken by its angle alone, which leaves a range where the chunk was longer than a turn, or where a
 * shaft that ran on or turned back would read the same, and a reading of zero says nothing. A shaft further away than that
 * ran on. What has no encoder (it may be abandoned) always reads as where it began: a tick that cannot be read then leaves
 * the whole target.
 */
export function recoverDose(dose: UnendedDose, rest: ShaftAtRest | null): Travel {
  const { encoder, e0, targetCounts, lastTick, mayHaveTicked = false, abandonedCounts } = dose;
  const start = { position: e0, travel: { lo: 0, hi: 0 }, nextChunkCounts: targetCounts };
  const hasEncoder = abandonedCounts === undefined;
  const isTickLost = mayHaveTicked && hasEncoder;
  const newest = lastTick !== null && isTickLost ? withOneMore(lastTick, targetCounts) : lastTick;
  const last = newest === null ? start : abandoned(newest, abandonedCounts);
  if (lastTick === null && mayHaveTicked && !hasEncoder) return wholeChunk(last);
  if (lastTick === null && (rest === null || isAtBaseline(encoder, e0, rest.position))) return last.travel;
  if (rest === null) return wholeChunk(last);
  return hasPulsedMore(encoder, last, rest)
    ? asCounted(encoder, last, rest.position)
    : inDoubt(encoder, last, rest.position);
}

/** The counter of a board that has its supply since before `last`. */
function asCounted(encoder: Encoder, last: Waypoint, now: number): Travel {
  const deltas = possibleDeltas(encoder, last, now, 2 ** encoder.bits);
  return deltas.length > 0 ? spanOf(last, deltas) : ranOn(encoder, last, now);
}

/** The counter may have begun anew since `last`. */
function inDoubt(encoder: Encoder, last: Waypoint, now: number): Travel {
  if (mayHaveForgotten(encoder, now)) return wholeChunk(last);
  const counted = possibleDeltas(encoder, last, now, 2 ** encoder.bits);
  const restarted = mayHaveRestarted(encoder, now) ? possibleDeltas(encoder, last, now, encoder.countsPerRev) : [];
  const deltas = [...counted, ...restarted];
  if (deltas.length === 0) return beyondChunk(encoder, last, now);
  const turned = spanOf(last, deltas);
  const isDoubtful =
    counted.length === 0 && (mayHaveRunOn(encoder, last, now) || mayHaveTurnedBack(encoder, last, now));
  return isDoubtful ? span(turned, ranOn(encoder, last, now)) : turned;
}

/** A board that restarted since `last` has made no more pulses than those of the chunk after it. */
function hasPulsedMore(encoder: Encoder, last: Waypoint, { pulsedCounts = 0 }: ShaftAtRest): boolean {
  return Math.abs(pulsedCounts) > reachOf(encoder, last).highest;
}

/** Nobody was left to end the motion where it should have ended; after its last tick it is over. */
const abandoned = (tick: Waypoint, counts = 0): Waypoint => ({
  ...tick,
  nextChunkCounts: tick.nextChunkCounts === 0 ? 0 : Math.max(tick.nextChunkCounts, counts),
});

/** A newer tick may be lost: its chunk was about as long as the one before, and no longer than the rest. */
function withOneMore(tick: Waypoint, targetCounts: number): Waypoint {
  const { nextChunkCounts: next, travel } = tick;
  return { ...tick, nextChunkCounts: Math.max(next, Math.min(2 * next, targetCounts - travel.hi)) };
}

/** A reading that a shaft explains which ran on from within the first turn, as well as a counter that began anew. */
const mayHaveRunOn = (encoder: Encoder, last: Waypoint, now: number): boolean =>
  isInFirstTurn(encoder, last.position) && signedDelta(encoder, last.position, now) > reachOf(encoder, last).highest;

/** A reading that a chunk in the wrong direction explains as well as a counter that began anew. */
function mayHaveTurnedBack(encoder: Encoder, last: Waypoint, now: number): boolean {
  const delta = signedDelta(encoder, last.position, now);
  const { lowest, highest } = reachOf(encoder, last);
  return delta < lowest && delta >= -highest;
}

/** No place of the chunk shows like this: the shaft ran on or back, a newer tick was lost, or the counter began anew. */
function beyondChunk(encoder: Encoder, last: Waypoint, now: number): Travel {
  return mayHaveRestarted(encoder, now) ? ranOnOrRestarted(encoder, last, now) : ranOn(encoder, last, now);
}

function ranOn(encoder: Encoder, last: Waypoint, now: number): Travel {
  const delta = signedDelta(encoder, last.position, now);
  return {
    lo: Math.max(0, last.travel.lo + Math.min(0, delta)),
    hi: last.travel.hi + Math.max(Math.abs(delta), last.nextChunkCounts),
  };
}

/** Near where it was the shaft ran on or back, from further away than it can turn it is a counter begun anew. */
function ranOnOrRestarted(encoder: Encoder, last: Waypoint, now: number): Travel {
  const whole = wholeChunk(last);
  if (!isInFirstTurn(encoder, last.position) && !mayHaveTurnedBack(encoder, last, now)) return whole;
  return span(whole, ranOn(encoder, last, now));
}

function isAtBaseline(encoder: Encoder, e0: number, now: number): boolean {
  if (isSamePlace(encoder, e0, now) || mayHaveForgotten(encoder, now)) return true;
  const withinTurn = modulo(now - e0, encoder.countsPerRev);
  const off = Math.min(withinTurn, encoder.countsPerRev - withinTurn);
  return mayHaveRestarted(encoder, now) && off <= toleranceCounts(encoder, 0);
}

/** Volume of a travel at `mlPerRev` ml per turn of the shaft. */
export function travelVolume(travel: Travel, countsPerRev: number, mlPerRev: number): VolumeRange {
  const toMl = (counts: number) => (counts / countsPerRev) * mlPerRev;
  return { loMl: toMl(travel.lo), hiMl: toMl(travel.hi) };
}

function modulo(value: number, span: number): number {
  const rest = value % span;
  return rest < 0 ? rest + span : rest;
}
