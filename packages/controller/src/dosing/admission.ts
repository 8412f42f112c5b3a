import {
  type ChargedVolumes,
  checkCaps,
  type DoseOrder,
  type DosePlan,
  explainCharge,
  PeristaError,
  type PrimeOrder,
  type PrimePlan,
  planDose,
  planPrime,
  type Refusal,
  refusals,
  usableMl,
} from '@perista/core';
import { asErrorCode } from '@perista/protocol/link';
import type { AgentClient } from '../agent-link/agent-client.ts';
import { whyOffline } from '../agent-link/agent-presence.ts';
import type { ContainerRecord } from '../containers/container-row.ts';
import type { ContainerStore } from '../containers/container-store.ts';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { PumpLocks } from '../pumps/pump-locks.ts';
import { type PumpRecord, profileOf } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import { refuseApart, type Turns } from './turns.ts';

/** Doses that may wait in one group, beside the one that runs. */
export const MAX_QUEUED = 20;

/** Containers are booked in ml with rounding; a hair less is still enough. */
const LEVEL_TOLERANCE_ML = 1e-6;

/** An order that may be carried out, with what it was decided on. */
export interface Admitted<Plan> {
  readonly kind: 'admitted';
  readonly plan: Plan;
  /** The most that it may give: charged until it is over, ml. */
  readonly chargeMl: number;
  /** Null where none was asked for. */
  readonly calibrationId: string | null;
  /** Another dose of the group is open, or the pump is kept apart from another: this one waits. */
  readonly mustWait: boolean;
  /** How long it is kept apart from others at least, ms. */
  readonly apartMs: number;
}

/** What a dose of the calendar is judged by: the books as they stand, or as the preview of the plan supposes them. */
export interface JudgingPorts {
  readonly doses: Pick<DoseStore, 'charged' | 'dosed' | 'countOpenInGroupOf'>;
  readonly pumps: Pick<PumpStore, 'get' | 'activeCalibration'>;
  readonly containers: Pick<ContainerStore, 'get' | 'openDrawMl' | 'sentDrawMl'>;
  readonly locks: Pick<PumpLocks, 'fault' | 'heldBy'>;
  readonly chargeClock: Pick<ChargeClock, 'nowMs'>;
  readonly isStopLatched: () => boolean;
  readonly turns: Pick<Turns, 'waitOfNew'>;
}

export interface AdmissionPorts extends JudgingPorts {
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly containers: ContainerStore;
  readonly locks: PumpLocks;
  readonly chargeClock: ChargeClock;
}

export interface PrimePorts extends AdmissionPorts {
  readonly agent: Pick<AgentClient, 'isReady' | 'presence'>;
}

/** Whether `pump` may give what is asked now, or the first rule that says no. Reads only; call it in a transaction. */
export function admit(ports: JudgingPorts, pump: PumpRecord, order: DoseOrder): Admitted<DosePlan> | Refusal {
  const { doses, pumps } = ports;
  const blocked = refuseBlocked(ports, pump);
  if (blocked !== null) return blocked;
  const calibration = pumps.activeCalibration(pump.pumpId);
  if (calibration === undefined) return refusals.notCalibrated();
  const open = doses.countOpenInGroupOf(pump.pumpId);
  if (open > MAX_QUEUED) return refusals.queueFull(MAX_QUEUED);

  const plan = planDose(order, profileOf(pump, calibration.curve));
  if (plan.kind === 'refused') return plan;
  const refusal = refuseVolume(ports, pump, plan.motion.direction, plan.volumeMl, givenBeforeOrder(ports, pump));
  if (refusal !== null) return refusal;
  const { calibrationId } = calibration;
  const apartMs = ports.turns.waitOfNew(pump.pumpId)?.leftMs ?? 0;
  const mustWait = open > 0 || apartMs > 0;
  return { kind: 'admitted', plan, chargeMl: plan.volumeMl, calibrationId, mustWait, apartMs };
}

/**
 * Whether `pump` may prime now: somebody holds its button, so it begins at once or not at all, calibrated or not.
 * @throws PeristaError E201 without the agent, and what keeps its board from being used
 */
export function admitPrime(ports: PrimePorts, pump: PumpRecord, order: PrimeOrder): Admitted<PrimePlan> | Refusal {
  const { doses, pumps } = ports;
  const blocked = refuseBlocked(ports, pump);
  if (blocked !== null) return blocked;
  if (doses.countOpenInGroupOf(pump.pumpId) > 0) return refusals.busy();
  const apart = refuseApart(ports.turns.waitOfNew(pump.pumpId));
  if (apart !== null) return apart;

  const calibration = pumps.activeCalibration(pump.pumpId);
  const plan = planPrime(order, profileOf(pump, calibration?.curve ?? null));
  if (plan.kind === 'refused') return plan;
  const refusal = refuseVolume(ports, pump, order.direction, plan.largestMl, givenBeforeOrder(ports, pump));
  if (refusal !== null) return explainCharge(refusal, order.maxS, plan.largestMl);
  throwUnlessReachable(ports, pump);
  const calibrationId = plan.rateMlPerMin === null ? null : (calibration?.calibrationId ?? null);
  return { kind: 'admitted', plan, chargeMl: plan.largestMl, calibrationId, mustWait: false, apartMs: 0 };
}

/** A dose that has not begun, as far as it is judged again. */
export type WaitingDose = Pick<DoseRow, 'dose_id' | 'pump_id' | 'planned_hi_ml' | 'direction'>;

/**
 * Whether a dose that was accepted and waits does not fit its caps or its container any more: one before it gave more
 * than was planned, or the books were put back and filled up again, or the limits were lowered.
 */
export function refuseWaiting(
  ports: Pick<JudgingPorts, 'doses' | 'pumps' | 'containers' | 'chargeClock'>,
  { dose_id, pump_id, planned_hi_ml, direction }: WaitingDose,
): Refusal | null {
  const { doses, pumps, containers, chargeClock } = ports;
  const pump = pumps.get(pump_id);
  const openDrawMl = containers.sentDrawMl(pump.containerId, dose_id);
  const given = { charged: doses.dosed(pump_id, chargeClock.nowMs()), openDrawMl };
  return refuseVolume(ports, pump, direction, planned_hi_ml, given);
}

/** The rules that do not depend on what is ordered; they hold again when a waiting dose is about to start. */
export function refuseBlocked(
  { locks, isStopLatched }: Pick<JudgingPorts, 'locks' | 'isStopLatched'>,
  { pumpId, enabled }: PumpRecord,
): Refusal | null {
  if (isStopLatched()) return refusals.emergencyStop();
  if (!enabled) return refusals.disabled();
  const fault = locks.fault(pumpId);
  if (fault !== undefined) return refusals.fault(fault.code, fault.message);
  const heldBy = locks.heldBy(pumpId);
  return heldBy === undefined ? null : refusals.held(heldBy);
}

/** What others have given, and may still draw, when a dose is judged. */
interface Given {
  readonly charged: ChargedVolumes;
  readonly openDrawMl: number;
}

export const givenBeforeOrder = ({ doses, containers, chargeClock }: JudgingPorts, pump: PumpRecord): Given => ({
  charged: doses.charged(pump.pumpId, chargeClock.nowMs()),
  openDrawMl: containers.openDrawMl(pump.containerId),
});

/** Caps over time, and what the container holds. */
export function refuseVolume(
  { containers }: Pick<JudgingPorts, 'containers'>,
  pump: PumpRecord,
  direction: DoseOrder['direction'],
  volumeMl: number,
  { charged, openDrawMl }: Given,
): Refusal | null {
  const { limits } = profileOf(pump, null);
  const overCap = checkCaps(volumeMl, charged, limits);
  if (overCap !== null || direction === 'reverse') return overCap;
  return refuseDraw(containers.get(pump.containerId), volumeMl, openDrawMl);
}

/** The container holds too little above its empty mark, when others may still draw `openDrawMl`. */
export function refuseDraw(container: ContainerRecord, volumeMl: number, openDrawMl: number): Refusal | null {
  const leftMl = Math.max(0, usableMl(container.levelMl, container) - openDrawMl);
  if (volumeMl <= leftMl + LEVEL_TOLERANCE_ML) return null;
  return refusals.container(volumeMl, leftMl, container.emptyMl);
}

export function throwUnlessReachable({ agent }: PrimePorts, { pumpId }: PumpRecord): void {
  const { presence } = agent;
  if (presence.kind === 'lost') throw new PeristaError(presence.code, presence.reason);
  if (!agent.isReady) throw new PeristaError('E201', 'The agent has not yet told what it knows of earlier doses');
  const offline = whyOffline(presence, pumpId);
  if (offline !== null) throw new PeristaError(asErrorCode(offline.code), offline.reason);
}
