import { type Clock, type Direction, type Log, PeristaError, pulsesIn, rpmOfCode, turningMs } from '@perista/core';
import { applySettings, settingsMemory } from '../servo42c/board-settings.ts';
import { BOARD } from '../servo42c/commands.ts';
import type { Dialect } from '../servo42c/firmware.ts';
import { enable } from '../servo42c/make-safe.ts';
import { Servo42cBoard } from '../servo42c/servo42c-board.ts';
import type { Servo42cLine } from '../servo42c/servo42c-line.ts';
import { measureSpeed, type SpeedMeasurement } from './measure-speed.ts';
import { turnAndLook, turnForward } from './supervised-turn.ts';

/** What only a person at the pump can see. */
export interface CommissionQuestions {
  /** Which way the head has just pushed liquid, or would have: as a dose shall, or back? `none`: nothing turned. */
  askDirection(): Promise<Direction | 'none'>;
}

export interface CommissionOptions {
  readonly address: number;
  readonly microstep: number;
  readonly stepsPerRev: number;
  /** Fastest the head may turn, rpm: no speed above it is tried. */
  readonly maxRpm: number;
}

/** One thing that was done to the board, and why, for the person who watches. */
export interface CommissionStep {
  readonly step: string;
  readonly what: string;
  readonly result: string;
}

/** What is worth keeping: it goes into the settings of the pump. */
export interface CommissionResult {
  readonly address: number;
  readonly dialect: Dialect;
  readonly positionBits: number;
  readonly microstep: number;
  readonly stepsPerRev: number;
  readonly invert: boolean;
  readonly pollsWhileMoving: boolean;
  readonly reportsCompletion: boolean;
  readonly speeds: readonly SpeedMeasurement[];
}

/** Speed codes that are measured, as far as the head may turn so fast. */
const MEASURED_CODES = [2, 5, 10, 20, 40, 80, 120] as const;
/** Enough to see, too little to spill. */
const EIGHTH_TURN = 1 / 8;
/** So long that a reading can fall into it; as near as a speed code comes. */
const TRIAL_MS = 500;

function trialSpeed(pulsesPerRev: number): { readonly code: number; readonly expectedMs: number } {
  const pulses = Math.round(pulsesPerRev * EIGHTH_TURN);
  const code = Math.max(1, Math.min(MEASURED_CODES[3], Math.round(pulses / pulsesIn(TRIAL_MS, 1, 1))));
  return { code, expectedMs: turningMs(pulses, code, 1) };
}

/**
 * Takes a board into use, explaining each step: finds out its firmware, clears what would turn it at power-up, sets it
 * up, and tries it in small supervised turns. The container should be empty or the tube in the air: some drops flow.
 * @throws PeristaError E101, E102, E104, E105, E106, E107, E108; the motor is at rest then
 */
export async function* commissionBoard(
  ports: { line: Servo42cLine; clock: Clock; log: Log; questions: CommissionQuestions },
  options: CommissionOptions,
): AsyncGenerator<CommissionStep, CommissionResult> {
  const { line, clock, log, questions } = ports;
  const { address, microstep, stepsPerRev } = options;
  const board = new Servo42cBoard({ address, line, clock });
  const pulsesPerRev = microstep * stepsPerRev;

  await line.stop(address);
  const firmware = await board.probe();
  await board.halt();
  yield {
    step: 'firmware',
    what: 'No board tells its version: it is asked questions that each firmware answers in its own way.',
    result: `${board.name} speaks ${firmware.dialect}; its position counter has ${firmware.counter.bits} bits`,
  };

  await applySettings(board, { microstep }, settingsMemory(), log);
  await board.halt();
  yield {
    step: 'settings',
    what: 'Work mode UART, microstep, zero mode off, stall protection off (Perista watches the encoder instead).',
    result: `set; microstep ${microstep}, so a pulse is 1/${pulsesPerRev} of a turn`,
  };

  await board.order(BOARD.clearSavedRun());
  await enable(board);
  yield {
    step: 'saved run',
    what: 'A run that somebody saved in the board would turn the pump at each power-up.',
    result: 'cleared; the motor is enabled and at rest',
  };

  const eighth = { pulses: Math.round(pulsesPerRev * EIGHTH_TURN), ...trialSpeed(pulsesPerRev), pulsesPerRev };
  const trial = await turnForward(board, clock, eighth);
  yield {
    step: 'trial turn',
    what: 'An eighth of a turn shows that pulses are counted in 32 bits and that the encoder sees them.',
    result: `turned ${trial.turnedDegrees.toFixed(1)}° of 45°; completion ${trial.completed ? 'was' : 'was not'} reported`,
  };

  const disturbed = await turnAndLook(board, clock, { ...eighth, lookAfterMs: eighth.expectedMs / 2 });
  const pollsWhileMoving = disturbed.isWhole;
  yield {
    step: 'reading in motion',
    what: 'On some boards any question ends a motion.',
    result: pollsWhileMoving ? 'the motion went on: the encoder can be watched in motion' : 'the motion was cut short',
  };

  const seen = await questions.askDirection();
  if (seen === 'none') {
    throw new PeristaError('E102', `${board.name} turned its shaft, but the head did not: check the coupling`);
  }
  const invert = seen === 'reverse';
  yield {
    step: 'direction',
    what: 'Only a person sees which way the liquid goes.',
    result: invert ? 'the head is mounted the other way round: inverted' : 'forward is forward',
  };

  const speeds: SpeedMeasurement[] = [];
  const geometry = { microstep, stepsPerRev, maxRpm: options.maxRpm, address };
  for (const measured of MEASURED_CODES) {
    if (rpmOfCode(measured, geometry) > options.maxRpm) continue;
    speeds.push(await measureSpeed(board, clock, measured));
  }
  yield {
    step: 'speeds',
    what: "The board's clock may be some percent beside the manual; Perista goes by what it measures.",
    result: speeds.map(({ code: measured, rpm }) => `code ${measured}: ${rpm.toFixed(1)} rpm`).join(', '),
  };

  return {
    address,
    dialect: firmware.dialect,
    positionBits: firmware.counter.bits,
    microstep,
    stepsPerRev,
    invert,
    pollsWhileMoving,
    reportsCompletion: trial.completed || disturbed.completed,
    speeds,
  };
}
