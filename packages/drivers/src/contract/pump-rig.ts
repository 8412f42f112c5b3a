import type { StepperGeometry } from '@perista/core';
import type { PumpDriver } from '../pump-driver.ts';

/** What a rig can be told to go wrong with. Values are numbers, so that any transport can carry them; 0 undoes. */
export const RIG_FAULTS = {
  /** 1: the shaft cannot turn. */
  stall: 'on',
  /** Factor on the speed, from now on and until the board is told to stop; the pulse count no longer ends a move. */
  runaway: 'factor',
  /** 1: the shaft turns against the command. */
  'wrong-direction': 'on',
  /** 1: no byte passes either way. */
  unplugged: 'on',
  /** Part of the completion frames that are never sent, 0..1. */
  'completion-loss': 'part',
  /** Part of the replies that stray bytes precede, 0..1. */
  'stray-bytes': 'part',
  /** Part of the bytes in either direction that arrive changed, 0..1. */
  corruption: 'part',
  /** Error of the board's clock: 0.09 turns 9 % faster than commanded. */
  'clock-error': 'part',
  /** 1: the motor is disabled; the board acknowledges and reports complete all the same. */
  disabled: 'on',
  /** A run at this speed code is saved in the board and begins at the next power-up; 0: none is saved. */
  'saved-run': 'code',
  /** 1: the board loses its supply and gets it back at once. */
  'power-cycle': 'on',
} as const;

export type RigFault = keyof typeof RIG_FAULTS;

export type RigDialect = 'v1.0' | 'v1.1.0' | 'v1.1.2' | 'mixed';

/** How the board of a rig shall be built. */
export interface RigOptions {
  readonly dialect: RigDialect;
  /** Whether a command that reaches the board in motion aborts the motion. */
  readonly abortsOnCommand: boolean;
  readonly invert: boolean;
}

/** One driver on one board, real or emulated, and a hold on its world. */
export interface PumpRig {
  readonly driver: PumpDriver;
  readonly geometry: StepperGeometry;
  /** Milliseconds of the clock that the driver runs on. */
  nowMs(): number;
  /** Lives on until `promise` settles. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lives on for `ms`. */
  advance(ms: number): Promise<void>;
  /** Turns of the shaft since the rig was made, in the ordered sense of `forward`; the truth, not the encoder. */
  truth(): number;
  /** Whether the shaft turns now. */
  turning(): boolean;
  fault(name: RigFault, value: number): Promise<void>;
  close(): Promise<void>;
}

export type MakePumpRig = (options: RigOptions) => Promise<PumpRig>;
