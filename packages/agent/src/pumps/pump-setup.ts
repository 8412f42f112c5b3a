import { PeristaError, RELAY_PULSES_PER_REV } from '@perista/core';
import type { PumpConfig, PutUnitConfig } from '@perista/protocol/link';

/** One pump as the controller configured it; the agent's own limits among it. */
export type PumpSetup = StepperSetup | RelaySetup;

interface CommonSetup {
  readonly pumpId: string;
  /** Pumps of one group never move together; empty = alone. */
  readonly mutexGroup: string;
  readonly singleMl: number;
  readonly durationS: number;
}

/** A pump on a motor board. */
export interface StepperSetup extends CommonSetup {
  readonly lineId: string;
  readonly address: number;
  readonly microstep: number;
  readonly stepsPerRev: number;
  readonly invert: boolean;
  readonly dialect: string;
  /** A reading leaves a motion alone, as commissioning found. */
  readonly pollsWhileMoving: boolean;
}

/** A pump that a relay turns on and off. */
export interface RelaySetup extends CommonSetup {
  /** From 1. */
  readonly relayChannel: number;
}

export const isRelay = (setup: PumpSetup): setup is RelaySetup => 'relayChannel' in setup;

/** Pulses of an order that turn the shaft once. */
export const pulsesPerRevOf = (setup: PumpSetup): number =>
  isRelay(setup) ? RELAY_PULSES_PER_REV : setup.stepsPerRev * setup.microstep;

export interface UnitSetup {
  readonly pumps: readonly PumpSetup[];
  /** As the controller computed it; echoed, so that both know which configuration is in force. */
  readonly hash: string;
}

export const EMPTY_UNIT: UnitSetup = { pumps: [], hash: '' };

const PUMP_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** What a field of a pump must be, in words and as a test. */
type Rule<Setup> = readonly [keyof Setup & string, string, (pump: Setup) => boolean];

const COMMON_RULES: readonly Rule<CommonSetup>[] = [
  ['pumpId', '1 to 64 letters, digits, "_" or "-"', ({ pumpId }) => PUMP_ID.test(pumpId)],
  ['singleMl', 'more than 0', ({ singleMl }) => Number.isFinite(singleMl) && singleMl > 0],
  ['durationS', 'more than 0', ({ durationS }) => Number.isFinite(durationS) && durationS > 0],
];

const STEPPER_RULES: readonly Rule<StepperSetup>[] = [
  ...COMMON_RULES,
  ['lineId', 'not empty', ({ lineId }) => lineId !== ''],
  ['microstep', '1 to 256', ({ microstep }) => microstep >= 1 && microstep <= 256],
  ['stepsPerRev', '200 or 400', ({ stepsPerRev }) => stepsPerRev === 200 || stepsPerRev === 400],
];

/** Relays never pump together, however their pumps are grouped: whoever forgets the group is told here. */
const RELAY_RULES: readonly Rule<RelaySetup>[] = [
  ...COMMON_RULES,
  ['mutexGroup', 'set, for only one relay may be on', ({ mutexGroup }) => mutexGroup !== ''],
];

/** @throws PeristaError E402 naming pump, field, rule and value */
export function parseUnitSetup(wire: PutUnitConfig): UnitSetup {
  const pumps = wire.pumps.map(plainPump);
  for (const pump of pumps) {
    if (isRelay(pump)) check(pump, RELAY_RULES);
    else check(pump, STEPPER_RULES);
  }
  if (hasTwins(pumps.map(({ pumpId }) => pumpId))) throw wrongField('pumpId must be unique');
  const relays = pumps.filter(isRelay);
  if (hasTwins(relays.map(({ relayChannel }) => relayChannel))) throw wrongField('relayChannel must be unique');
  if (new Set(relays.map(({ mutexGroup }) => mutexGroup)).size > 1) {
    throw wrongField('mutexGroup must be the same for all relays, for only one of them may be on');
  }
  return { pumps, hash: wire.configHash };
}

function check<Setup extends CommonSetup>(pump: Setup, rules: readonly Rule<Setup>[]): void {
  for (const [field, rule, holds] of rules) {
    if (!holds(pump)) throw wrongField(`${field} of pump "${pump.pumpId}" must be ${rule}, not ${pump[field]}`);
  }
}

/** Whether two setups describe the same pump on the same board or relay. */
export function isSameSetup(one: PumpSetup, other: PumpSetup): boolean {
  const [fields, others] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return [...fields.keys(), ...others.keys()].every((field) => fields.get(field) === others.get(field));
}

const hasTwins = (values: readonly (string | number)[]) => new Set(values).size !== values.length;

const wrongField = (detail: string) => new PeristaError('E402', `The unit's configuration is wrong: ${detail}`);

function plainPump(wire: PumpConfig): PumpSetup {
  const { pumpId, mutexGroup, singleMl, durationS, relayChannel } = wire;
  const common = { pumpId, mutexGroup, singleMl, durationS };
  if (relayChannel > 0) return { ...common, relayChannel };
  const { lineId, address, microstep, stepsPerRev, invert, dialect, pollsWhileMoving } = wire;
  return { ...common, lineId, address, microstep, stepsPerRev, invert, dialect, pollsWhileMoving };
}
