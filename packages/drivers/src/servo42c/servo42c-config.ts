import { PeristaError } from '@perista/core';
import { MICROSTEP_LIMIT } from './commands.ts';
import type { Dialect } from './firmware.ts';
import { FIRST_ADDRESS, LAST_ADDRESS } from './frame.ts';

/** A board as the settings describe it. */
export interface Servo42cConfig {
  /** 0xE0..0xE9. */
  readonly address: number;
  /** Microsteps per full step, 1..256. */
  readonly microstep: number;
  /** 200 (1.8°) or 400 (0.9°). */
  readonly stepsPerRev: number;
  /** The head is mounted so that `forward` turns the shaft against its counting direction. */
  readonly invert: boolean;
  /** `auto`, `v1.1.0` or `v1.1.2`; anything but `auto` must agree with what is found. */
  readonly dialect: string;
  /** Commissioning saw that a reading leaves a motion alone. Default false: then a chunk is never disturbed. */
  readonly pollsWhileMoving?: boolean;
}

const DIALECTS = ['auto', 'v1.1.0', 'v1.1.2'] as const satisfies readonly ('auto' | Dialect)[];

const isInteger = (value: number, min: number, max: number) => Number.isInteger(value) && value >= min && value <= max;

const RULES: readonly [keyof Servo42cConfig, string, (config: Servo42cConfig) => boolean][] = [
  ['address', '224 to 233 (0xE0 to 0xE9)', ({ address }) => isInteger(address, FIRST_ADDRESS, LAST_ADDRESS)],
  ['microstep', 'a whole number from 1 to 256', ({ microstep }) => isInteger(microstep, 1, MICROSTEP_LIMIT)],
  ['stepsPerRev', '200 or 400', ({ stepsPerRev }) => stepsPerRev === 200 || stepsPerRev === 400],
  ['dialect', `one of ${DIALECTS.join(', ')}`, ({ dialect }) => DIALECTS.some((known) => known === dialect)],
];

/** @throws PeristaError E306 naming pump, setting, rule and value */
export function checkConfig(pumpId: string, config: Servo42cConfig): void {
  for (const [setting, rule, holds] of RULES) {
    if (holds(config)) continue;
    throw new PeristaError('E306', `${setting} of pump "${pumpId}" must be ${rule}, not ${config[setting]}`);
  }
}
