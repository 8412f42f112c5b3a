import { checkCaps, type Direction, type DosePlan, planDose, type Refusal, refusals } from '@perista/core';
import type { DoseRequest } from '@perista/protocol/api';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { PumpLocks } from '../pumps/pump-locks.ts';
import { type CalibrationRecord, type PumpRecord, profileOf } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';

/** Doses that may wait in one group, beside the one that runs. */
export const MAX_QUEUED = 20;

/** Containers are booked in ml with rounding; a hair less is still enough. */
const LEVEL_TOLERANCE_ML = 1e-6;

/** An order that may be carried out, with what it was decided on. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly plan: DosePlan;
  readonly calibration: CalibrationRecord;
  /** Another dose of the group is open: this one waits. */
  readonly mustWait: boolean;
}

export interface AdmissionPorts {
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly locks: PumpLocks;
  readonly chargeClock: ChargeClock;
  readonly isStopLatched: () => boolean;
}

export const directionOf = (request: DoseRequest): Direction => request.direction ?? 'forward';

/** Whether `pump` may give what is asked now, or the first rule that says no. Reads only; call it in a transaction. */
export function admit(ports: AdmissionPorts, pump: PumpRecord, request: DoseRequest): Admitted | Refusal {
  const { doses, pumps, chargeClock } = ports;
  const blocked = refuseBlocked(ports, pump);
  if (blocked !== null) return blocked;
  const calibration = pumps.activeCalibration(pump.pumpId);
  if (calibration === undefined) return refusals.notCalibrated();
  const open = doses.countOpenInGroupOf(pump.pumpId);
  if (open > MAX_QUEUED) return refusals.queueFull(MAX_QUEUED);

  const profile = profileOf(pump, calibration.curve);
  const { volume_ml: volumeMl, duration_s } = request;
  const durationS = duration_s === undefined ? {} : { durationS: duration_s };
  const plan = planDose({ volumeMl, direction: directionOf(request), ...durationS }, profile);
  if (plan.kind === 'refused') return plan;
  const overCap = checkCaps(plan.volumeMl, doses.charged(pump.pumpId, chargeClock.nowMs()), profile.limits);
  if (overCap !== null) return overCap;
  if (plan.motion.direction === 'forward') {
    const leftMl = Math.max(0, pump.container.levelMl - doses.openDrawMl(pump.pumpId));
    if (plan.volumeMl > leftMl + LEVEL_TOLERANCE_ML) return refusals.container(plan.volumeMl, leftMl);
  }
  return { kind: 'admitted', plan, calibration, mustWait: open > 0 };
}

/** The rules that do not depend on what is ordered; they hold again when a waiting dose is about to start. */
export function refuseBlocked(
  { locks, isStopLatched }: Pick<AdmissionPorts, 'locks' | 'isStopLatched'>,
  { pumpId, enabled }: PumpRecord,
): Refusal | null {
  if (isStopLatched()) return refusals.emergencyStop();
  if (!enabled) return refusals.disabled();
  const fault = locks.fault(pumpId);
  if (fault !== undefined) return refusals.fault(fault.code, fault.message);
  const heldBy = locks.heldBy(pumpId);
  return heldBy === undefined ? null : refusals.held(heldBy);
}
