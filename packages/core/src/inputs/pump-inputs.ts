import type { DoseFailure, StopWish } from '../dose/dose-machine.ts';
import { assert } from '../errors/perista-error.ts';

/** What may be wired up to a pump beside its motor, the gravest first. */
export const INPUT_NAMES = ['leak', 'interlock', 'level'] as const;
export type InputName = (typeof INPUT_NAMES)[number];

/** True: all is well. False: it has tripped. Null: nobody knows, which counts as tripped. */
export type InputReading = boolean | null;
export type InputReadings = { readonly [Name in InputName]?: InputReading };

const TRIPPED: Readonly<Record<InputName, DoseFailure>> = {
  leak: { code: 'E111', message: 'The leak sensor of this pump is wet' },
  interlock: { code: 'E112', message: 'The external interlock of this pump is open' },
  level: { code: 'E113', message: 'The level switch says that the container of this pump is empty' },
};

const WORDS: Readonly<Record<InputName, string>> = {
  leak: 'leak sensor',
  interlock: 'external interlock',
  level: 'level switch',
};

/** Why a pump with these inputs must not move, or null. What cannot be read blocks as if it had tripped. */
export function inputBlock(names: readonly InputName[], readings: InputReadings): DoseFailure | null {
  const bad = INPUT_NAMES.filter((name) => names.includes(name) && readings[name] !== true);
  const tripped = bad.find((name) => readings[name] === false);
  if (tripped !== undefined) return TRIPPED[tripped];
  const [lost] = bad;
  return lost === undefined ? null : { code: 'E114', message: `The ${WORDS[lost]} of this pump cannot be read` };
}

/**
 * How a running dose ends for a reason of {@link inputBlock}. An empty container proves the shaft and not the liquid, so its
 * dose is known as after a fault, at the least as of its last verified chunk; else what the shaft turned is the dose.
 */
export function stopByInput(block: DoseFailure): StopWish {
  assert(isInputCode(block.code), 'the reason is one of an input');
  return block.code === TRIPPED.level.code ? { cause: 'fault', failure: block } : { cause: 'stop', failure: block };
}

/** Codes with which inputs block. */
export const isInputCode = (code: string): boolean => INPUT_CODES.has(code);

const INPUT_CODES: ReadonlySet<string> = new Set(['E111', 'E112', 'E113', 'E114']);
