import type { InputName } from '@perista/core';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import type { EmulatedInputs } from '../inputs/emulated-inputs.ts';

export const FAULT_NAMES = [
  'stall',
  'noise',
  'drop_completion',
  'power_cycle',
  'runaway',
  'reverse',
  'clock_error',
  'unplug',
  'leak',
  'interlock_open',
  'level_low',
  'inputs_lost',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** What the value of a fault says, and which values can be. */
export interface FaultValue {
  readonly meaning: string;
  readonly min: number;
  readonly max: number;
  readonly usual: number;
}

export interface Fault {
  readonly meaning: string;
  /** null: takes no value. */
  readonly value: FaultValue | null;
  /** Over at once: `for_s` has no meaning and it is never listed. */
  readonly momentary?: true;
  apply(board: EmulatedBoard, value: number, inputs: PumpInputs): void;
  lift(board: EmulatedBoard, inputs: PumpInputs): void;
}

/** The inputs of one pump. */
export interface PumpInputs {
  readonly all: EmulatedInputs;
  readonly pump: string;
}

const share = (meaning: string, usual: number): FaultValue => ({ meaning, min: 0, max: 1, usual });

/** Everything that can be made to go wrong with an emulated pump. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  stall: {
    meaning: 'The shaft is held. Lifted, an enabled motor makes up for its angle error at once: liquid flows.',
    value: { meaning: 'encoder counts (65536 a turn) that it still turns before', min: 0, max: 2 ** 40, usual: 0 },
    apply: (board, counts) => board.stall(counts),
    lift: (board) => board.unstall(),
  },
  noise: {
    meaning: 'Bytes on the line arrive changed, doubled or not at all.',
    value: share('probability for each byte', 0.02),
    apply: (board, noise) => board.change({ noise }),
    lift: (board) => board.change({ noise: board.asBuilt.noise }),
  },
  drop_completion: {
    meaning: 'Reports of completed moves are lost.',
    value: share('probability for each report', 1),
    apply: (board, completionLoss) => board.change({ completionLoss }),
    lift: (board) => board.change({ completionLoss: board.asBuilt.completionLoss }),
  },
  power_cycle: {
    meaning: 'The board loses its supply: motion ends, what is volatile is lost, the encoder starts again.',
    value: { meaning: 'seconds without supply', min: 0, max: 3600, usual: 0.5 },
    momentary: true,
    apply: (board, offS) => board.powerCycle(offS * 1000),
    lift: () => {},
  },
  runaway: {
    meaning: 'The shaft spins faster than commanded and goes on when the pulses end, until the motor is disabled.',
    value: { meaning: 'times the commanded speed', min: 1, max: 1000, usual: 5 },
    apply: (board, runawayFactor) => board.change({ runawayFactor }),
    lift: (board) => board.change({ runawayFactor: null }),
  },
  reverse: {
    meaning: 'The shaft turns the other way than commanded.',
    value: null,
    apply: (board) => board.change({ reversed: true }),
    lift: (board) => board.change({ reversed: false }),
  },
  clock_error: {
    meaning: "The board's pulse clock is wrong, from its next motion on.",
    value: { meaning: 'relative error, 0.09 turns 9 % too fast', min: -0.5, max: 0.5, usual: 0.09 },
    apply: (board, clockError) => board.change({ clockError }),
    lift: (board) => board.change({ clockError: board.asBuilt.clockError }),
  },
  unplug: {
    meaning: 'No byte passes either way; the motor keeps its supply.',
    value: null,
    apply: (board) => board.change({ unplugged: true }),
    lift: (board) => board.change({ unplugged: false }),
  },
  leak: tripped('leak', 'The leak sensor is wet.'),
  interlock_open: tripped('interlock', 'The external interlock is open.'),
  level_low: tripped('level', 'The level switch says that the container is empty.'),
  inputs_lost: {
    meaning: 'No input of the pump can be read.',
    value: null,
    apply: (_board, _value, { all, pump }) => all.setAll(pump, null),
    lift: (_board, { all, pump }) => all.setAll(pump, true),
  },
};

function tripped(name: InputName, meaning: string): Fault {
  return {
    meaning,
    value: null,
    apply: (_board, _value, { all, pump }) => all.set(pump, name, false),
    lift: (_board, { all, pump }) => all.set(pump, name, true),
  };
}
