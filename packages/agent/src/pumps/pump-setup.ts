import { PeristaError } from '@perista/core';
import type { PumpConfig, PutUnitConfig } from '@perista/protocol/link';

/** One pump as the controller configured it; the agent's own limits among it. */
export interface PumpSetup {
  readonly pumpId: string;
  readonly lineId: string;
  readonly address: number;
  readonly microstep: number;
  readonly stepsPerRev: number;
  readonly invert: boolean;
  readonly dialect: string;
  /** A reading leaves a motion alone, as commissioning found. */
  readonly pollsWhileMoving: boolean;
  /** Pumps of one group never move together; empty = alone. */
  readonly mutexGroup: string;
  readonly singleMl: number;
  readonly durationS: number;
}

export interface UnitSetup {
  readonly pumps: readonly PumpSetup[];
  /** As the controller computed it; echoed, so that both know which configuration is in force. */
  readonly hash: string;
}

export const EMPTY_UNIT: UnitSetup = { pumps: [], hash: '' };

const PUMP_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** What each field of a pump must be, in words and as a test. */
const RULES: readonly [keyof PumpSetup, string, (pump: PumpSetup) => boolean][] = [
  ['pumpId', '1 to 64 letters, digits, "_" or "-"', ({ pumpId }) => PUMP_ID.test(pumpId)],
  ['lineId', 'not empty', ({ lineId }) => lineId !== ''],
  ['microstep', '1 to 256', ({ microstep }) => microstep >= 1 && microstep <= 256],
  ['stepsPerRev', '200 or 400', ({ stepsPerRev }) => stepsPerRev === 200 || stepsPerRev === 400],
  ['singleMl', 'more than 0', ({ singleMl }) => Number.isFinite(singleMl) && singleMl > 0],
  ['durationS', 'more than 0', ({ durationS }) => Number.isFinite(durationS) && durationS > 0],
];

/** @throws PeristaError E402 naming pump, field, rule and value */
export function parseUnitSetup(wire: PutUnitConfig): UnitSetup {
  const pumps = wire.pumps.map(plainPump);
  for (const pump of pumps) {
    for (const [field, rule, holds] of RULES) {
      if (!holds(pump)) throw wrongField(`${field} of pump "${pump.pumpId}" must be ${rule}, not ${pump[field]}`);
    }
  }
  if (new Set(pumps.map((pump) => pump.pumpId)).size !== pumps.length) throw wrongField('pumpId must be unique');
  return { pumps, hash: wire.configHash };
}

/** Whether two setups describe the same pump on the same board. */
export const isSameSetup = (one: PumpSetup, other: PumpSetup): boolean =>
  (Object.keys(one) as (keyof PumpSetup)[]).every((field) => one[field] === other[field]);

const wrongField = (detail: string) => new PeristaError('E402', `The unit's configuration is wrong: ${detail}`);

const plainPump = ({ pumpId, lineId, address, microstep, stepsPerRev, invert, dialect, ...rest }: PumpConfig) => ({
  pumpId,
  lineId,
  address,
  microstep,
  stepsPerRev,
  invert,
  dialect,
  pollsWhileMoving: rest.pollsWhileMoving,
  mutexGroup: rest.mutexGroup,
  singleMl: rest.singleMl,
  durationS: rest.durationS,
});
