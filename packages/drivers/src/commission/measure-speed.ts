import { type Clock, PeristaError, pulsesIn, sleep } from '@perista/core';
import { BOARD } from '../servo42c/commands.ts';
import { COUNTS_PER_REV } from '../servo42c/firmware.ts';
import type { Servo42cBoard } from '../servo42c/servo42c-board.ts';

export interface SpeedMeasurement {
  readonly code: number;
  readonly rpm: number;
}

/** Two runs of different length: what a run loses at its start is in both, and so falls out. */
const SHORT_RUN_MS = 400;
const LONG_RUN_MS = 1200;
/** The order is longer than the look at it, so that its end plays no part. */
const ORDER_MS = 1500;

/** Shaft speed at a speed code, measured. */
export async function measureSpeed(board: Servo42cBoard, clock: Clock, code: number): Promise<SpeedMeasurement> {
  const pulses = Math.round(pulsesIn(ORDER_MS, code, 1));
  const short = await countsAfter(board, clock, code, pulses, SHORT_RUN_MS);
  const long = await countsAfter(board, clock, code, pulses, LONG_RUN_MS);
  const turnsPerMs = (long.counts - short.counts) / COUNTS_PER_REV / (long.ms - short.ms);
  const rpm = Math.abs(turnsPerMs) * 60_000;
  if (rpm > 0) return { code, rpm };
  throw new PeristaError('E102', `The shaft of ${board.name} did not turn at speed code ${code}`);
}

/** Counts turned when the encoder was read about `runMs` after the order, and when exactly that was. */
async function countsAfter(board: Servo42cBoard, clock: Clock, code: number, pulses: number, runMs: number) {
  const before = await board.positionAtRest();
  if ((await board.ask(BOARD.runPulses('forward', code, pulses))) === 'failed') {
    throw new PeristaError('E108', `${board.name} refused speed code ${code}`);
  }
  const startMs = clock.monotonicMs();
  await sleep(clock, runMs);
  const askedMs = clock.monotonicMs();
  const counts = board.delta(before, await board.readPosition());
  await board.halt();
  return { counts, ms: askedMs - startMs };
}
