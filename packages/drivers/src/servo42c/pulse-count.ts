import { countsToPulses, positionDelta } from '@perista/core';
import { BOARD } from './commands.ts';
import { COUNTS_PER_REV } from './firmware.ts';
import { type Servo42cBoard, SHORTEST_RESTART_MS } from './servo42c-board.ts';

/** The count wraps at 2^bits. */
const COUNT_BITS = 32;
/** Count and encoder may differ by this much: 1°, or 1 % of what was counted. */
const TOLERANCE_REV = 1 / 360;
const TOLERANCE_PART = 0.01;

/** What is known of a motion at rest, beside the board's count of the pulses that it received (0x33). */
export interface CountFacts {
  /** Pulses of this motion that the board had before the chunk in doubt. */
  readonly receivedBefore: number;
  /** Pulses of that chunk; 0 between chunks. */
  readonly ordered: number;
  /** Counts that the shaft has turned in this motion, with those that it still lags by; null if it did not follow. */
  readonly followedCounts: number | null;
  /** Counts that the encoder shows, whatever made the shaft turn; null if that is not known. */
  readonly shownCounts: number | null;
  /** For so long after the order the board may have turned, restarted and come back unseen; 0 if it never had the order. */
  readonly unseenMs: number;
}

/** `ahead`: the board has had more pulses than the shaft shows. `unbroken`: it went on counting from where it was. */
export type CountVerdict = 'consistent' | 'unbroken' | 'ahead' | 'restarted';

/**
 * Whether a board restarted in a motion. Its counters begin anew then, and where its encoder shows a short chunk, all of
 * it may have turned. In doubt it has restarted: then nothing is ordered again that may have turned.
 * `before` is the count when the motion began; which way the count runs is not documented.
 */
export function judgeCount(before: number, now: number, facts: CountFacts, pulsesPerRev: number): CountVerdict {
  const { receivedBefore, ordered, followedCounts, shownCounts, unseenMs } = facts;
  const counted = Math.abs(positionDelta(before, now, COUNT_BITS));
  const whole = receivedBefore + ordered;
  const tolerance = toleranceOf(whole, pulsesPerRev);
  const pulsesOf = (counts: number) => Math.abs(countsToPulses(counts, pulsesPerRev, COUNTS_PER_REV));
  const followed = followedCounts === null ? null : pulsesOf(followedCounts);
  const shown = shownCounts === null ? null : pulsesOf(shownCounts);
  // Noise passed the checksum of an order: the encoder shows it too, and a count that begins anew stands elsewhere.
  const isLongerOrder = shown !== null && Math.abs(counted - shown) <= tolerance && !isJustBegun(now, ordered);
  if (counted < receivedBefore - tolerance || (counted > whole + tolerance && !isLongerOrder)) return 'restarted';
  if (followed !== null && counted < followed - tolerance) return 'restarted';
  if (counted !== whole && hasBegunAnew(before, now, ordered)) return 'restarted';
  const tellsNothing = now === 0 && before === 0 && receivedBefore <= tolerance;
  if (tellsNothing && ordered > 0 && unseenMs >= SHORTEST_RESTART_MS) return 'restarted';
  if (followed !== null && counted > followed + tolerance) return 'ahead';
  return before !== 0 && now !== before && !isJustBegun(now, ordered) ? 'unbroken' : 'consistent';
}

/** A count that was not 0 stands at 0, or at just this chunk: a motion back over its own path hardly ever ends there. */
const hasBegunAnew = (before: number, now: number, ordered: number) =>
  before !== 0 && now !== before && isJustBegun(now, ordered);

const isJustBegun = (now: number, ordered: number) => now === 0 || Math.abs(now) === ordered;

const toleranceOf = (pulses: number, pulsesPerRev: number) => TOLERANCE_REV * pulsesPerRev + TOLERANCE_PART * pulses;

/**
 * The count of one board, for as long as it counts as safe. Whether it follows what is ordered at all is seen once, after
 * the first chunk that turned; a board whose count stays is never judged by it.
 */
export class PulseCount {
  readonly #board: Servo42cBoard;
  readonly #pulsesPerRev: number;
  #follows: boolean | null = null;
  #before = 0;

  constructor(board: Servo42cBoard, pulsesPerRev: number) {
    this.#board = board;
    this.#pulsesPerRev = pulsesPerRev;
  }

  /** At rest, before the first chunk. @throws PassedByStop, PeristaError E101, E106, E107 */
  async begin(): Promise<void> {
    this.#before = await this.#read();
  }

  /** At rest, after a chunk that turned as ordered. @throws PassedByStop, PeristaError E101, E106, E107 */
  async learn(received: number): Promise<void> {
    const tolerance = toleranceOf(received, this.#pulsesPerRev);
    if (this.#follows !== null || received <= 2 * tolerance) return;
    const now = await this.#read();
    const counted = Math.abs(positionDelta(this.#before, now, COUNT_BITS));
    if (Math.abs(counted - received) <= tolerance) this.#follows = true;
    if (now === this.#before) this.#follows = false;
  }

  /** At rest: whether it stands at 0 and did not before. @throws PassedByStop, PeristaError E101, E106, E107 */
  async hasBegunAnew(): Promise<boolean> {
    return this.#before !== 0 && (await this.#read()) === 0;
  }

  /** At rest. @throws PassedByStop, PeristaError E101, E106, E107 */
  async judge(facts: CountFacts): Promise<CountVerdict> {
    if (this.#follows === false) return 'consistent';
    return judgeCount(this.#before, await this.#read(), facts, this.#pulsesPerRev);
  }

  #read(): Promise<number> {
    return this.#board.askSurely(BOARD.readPulses());
  }
}
