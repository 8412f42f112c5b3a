import { createHash } from 'node:crypto';
import type { StepperHardware } from '@perista/protocol/api';
import type { PutUnitConfig } from '@perista/protocol/link';
import type { PumpRecord } from './pump-row.ts';

type WirePump = Omit<PutUnitConfig['pumps'][number], '$typeName' | '$unknown'>;

/** What the agent must know of the pumps, with a hash by which both ends tell whether they mean the same. */
export interface UnitConfig {
  readonly pumps: readonly WirePump[];
  readonly hash: string;
}

export function unitConfig(pumps: readonly PumpRecord[]): UnitConfig {
  const wirePumps = pumps.map(wirePump).sort((a, b) => (a.pumpId < b.pumpId ? -1 : 1));
  return { pumps: wirePumps, hash: hashOf(wirePumps) };
}

/** Hash of one pump's part: written into each intent. */
export const pumpConfigHash = (pump: PumpRecord): string => hashOf(wirePump(pump));

const wirePump = ({ pumpId, hardware, mutexGroup, limits }: PumpRecord): WirePump => ({
  pumpId,
  ...(hardware.kind === 'relay' ? { ...NO_BOARD, relayChannel: hardware.channel } : wireBoard(hardware)),
  mutexGroup: mutexGroup ?? '',
  singleMl: limits.single_ml,
  durationS: limits.duration_s,
});

type WireHardware = Omit<WirePump, 'pumpId' | 'mutexGroup' | 'singleMl' | 'durationS'>;

const NO_BOARD: WireHardware = {
  lineId: '',
  address: 0,
  microstep: 0,
  stepsPerRev: 0,
  invert: false,
  dialect: '',
  pollsWhileMoving: false,
  relayChannel: 0,
};

const wireBoard = (hardware: StepperHardware): WireHardware => ({
  ...NO_BOARD,
  lineId: hardware.line,
  address: hardware.address,
  microstep: hardware.microstep,
  stepsPerRev: hardware.steps_per_rev,
  invert: hardware.invert,
  dialect: hardware.dialect,
  pollsWhileMoving: hardware.polls_while_moving ?? false,
});

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
