import { type Clock, PeristaError, sleep } from '@perista/core';
import { BOARD } from '../servo42c/commands.ts';
import { COUNTS_PER_REV } from '../servo42c/firmware.ts';
import { countsOf, toleranceCounts } from '../servo42c/judge-chunk.ts';
import type { Servo42cBoard } from '../servo42c/servo42c-board.ts';

export interface SupervisedTurn {
  readonly pulses: number;
  readonly pulsesPerRev: number;
  readonly code: number;
  /** How long it should take by the manual's speed law. */
  readonly expectedMs: number;
  /** Reads the encoder so long after the order, if given. */
  readonly lookAfterMs?: number;
}

export interface TurnSeen {
  /** Signed, by the encoder. */
  readonly turnedDegrees: number;
  /** The shaft turned by all pulses, whichever way. */
  readonly isWhole: boolean;
  /** The board said, unasked, that the move had ended. */
  readonly completed: boolean;
}

/** A board may be slow, and slow to begin; past this it is waited for in vain. */
const LONGEST_FACTOR = 1.3;
const LONGEST_EXTRA_MS = 300;

/** Orders a move and watches what comes of it, from rest to rest. */
export async function turnAndLook(board: Servo42cBoard, clock: Clock, turn: SupervisedTurn): Promise<TurnSeen> {
  let completed = false;
  board.line.onCompletion(board.address, () => {
    completed = true;
  });
  const before = await board.positionAtRest();
  const ack = await board.ask(BOARD.runPulses('forward', turn.code, turn.pulses));
  if (ack === 'failed') throw new PeristaError('E108', `${board.name} refused to turn; check that it is calibrated`);
  const longestMs = turn.expectedMs * LONGEST_FACTOR + LONGEST_EXTRA_MS;
  if (turn.lookAfterMs !== undefined) {
    await sleep(clock, turn.lookAfterMs);
    await board.readPosition();
  }
  await sleep(clock, longestMs - (turn.lookAfterMs ?? 0));
  const turned = board.delta(before, await board.positionAtRest());
  const ordered = countsOf(turn.pulses, turn.pulsesPerRev);
  return {
    turnedDegrees: (turned * 360) / COUNTS_PER_REV,
    isWhole: Math.abs(Math.abs(turned) - ordered) <= toleranceCounts(ordered),
    completed,
  };
}

/**
 * The trial turn; where the counter falls although the shaft was sent forward, the board is told to count the other way.
 * @throws PeristaError E102 if the shaft does not turn, E105 if it turns by another angle, E104 if it counts backwards
 */
export async function turnForward(board: Servo42cBoard, clock: Clock, turn: SupervisedTurn): Promise<TurnSeen> {
  const first = assertWhole(board, await turnAndLook(board, clock, turn));
  if (first.turnedDegrees > 0) return first;
  for (const positive of ['ccw', 'cw'] as const) {
    await board.order(BOARD.setCountingDirection(positive));
    const next = assertWhole(board, await turnAndLook(board, clock, turn));
    if (next.turnedDegrees > 0) return next;
  }
  throw new PeristaError('E104', `The encoder of ${board.name} counts against its motor; calibrate the board`);
}

const UNMOVED_DEGREES = 1;

function assertWhole(board: Servo42cBoard, seen: TurnSeen): TurnSeen {
  if (seen.isWhole) return seen;
  const turned = `${seen.turnedDegrees.toFixed(1)}°`;
  if (Math.abs(seen.turnedDegrees) < UNMOVED_DEGREES) {
    throw new PeristaError(
      'E102',
      `The shaft of ${board.name} did not turn; check motor supply, wiring and calibration`,
    );
  }
  throw new PeristaError(
    'E105',
    `${board.name} turned by ${turned} instead of 45°: its microstep, its motor type or its count of pulses is another`,
  );
}
