import type { DoseTerms, Encoder, Motion } from '@perista/core';
import type { PumpCapabilities } from '@perista/drivers';
import type { DoseStart } from './journal/dose-record.ts';
import { isRelay, type PumpSetup, pulsesPerRevOf } from './pumps/pump-setup.ts';

/** START as it came over the link, checked. */
export interface DoseOrder {
  readonly doseId: string;
  readonly pumpId: string;
  readonly epoch: bigint;
  readonly motion: Motion;
  readonly mlPerRev: number;
  /** False where `mlPerRev` is the most that a turn can give. */
  readonly isCalibrated: boolean;
  readonly capMl: number;
  readonly capMs: number;
  readonly leaseMs: number;
  /** Instant of the monotonic clock after which motion must not begin. */
  readonly deadlineMs: number;
}

/** An order in the terms of the board that carries it out. */
export interface BoardOrder extends DoseOrder {
  readonly encoder: Encoder;
  readonly targetCounts: number;
  readonly capCounts: number;
  readonly overrunCounts: number;
}

/** Volume that the order's pulses give, ml. */
export const orderedMl = (order: DoseOrder, setup: PumpSetup): number =>
  (order.motion.pulses / pulsesPerRevOf(setup)) * order.mlPerRev;

export function toBoardOrder(order: DoseOrder, setup: PumpSetup, board: PumpCapabilities): BoardOrder {
  const { countsPerRev, positionBits, overrunCounts = 0 } = board;
  const growsForward = isRelay(setup) || !setup.invert;
  return {
    ...order,
    encoder: {
      bits: positionBits,
      countsPerRev,
      sign: (order.motion.direction === 'forward') === growsForward ? 1 : -1,
    },
    targetCounts: (order.motion.pulses / pulsesPerRevOf(setup)) * countsPerRev,
    capCounts: (order.capMl / order.mlPerRev) * countsPerRev,
    overrunCounts,
  };
}

export const termsOf = ({ encoder, capCounts, overrunCounts }: BoardOrder): DoseTerms => ({
  encoder,
  capCounts,
  overrunCounts,
});

/** START of the dose protocol for a shaft that rests at `e0`. */
export function startRecord(order: BoardOrder, e0: number, nowWallMs: number): DoseStart {
  const { doseId, pumpId, mlPerRev, isCalibrated, capMs, targetCounts, capCounts, encoder } = order;
  return {
    doseId,
    pumpId,
    epoch: order.epoch.toString(),
    e0,
    targetCounts,
    capCounts,
    capMs,
    direction: order.motion.direction,
    mlPerRev,
    isCalibrated,
    encoder,
    startedAtWallMs: nowWallMs,
  };
}
