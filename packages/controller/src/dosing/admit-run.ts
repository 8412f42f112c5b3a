import {
  type CalibrationCurve,
  type CalibrationRunOrder,
  type CalibrationRunPlan,
  type DosePlan,
  explainCharge,
  planCalibrationRun,
  planDose,
  type Refusal,
  refusals,
} from '@perista/core';
import { type PumpRecord, profileOf } from '../pumps/pump-row.ts';
import {
  type Admitted,
  givenBeforeOrder,
  type PrimePorts,
  refuseBlocked,
  refuseVolume,
  throwUnlessReachable,
} from './admission.ts';
import { refuseApart } from './turns.ts';

/** A calibration that is not in use yet. */
export interface Candidate {
  readonly calibrationId: string;
  readonly curve: CalibrationCurve;
}

/**
 * Whether `pump` may run now so that somebody can measure what it gives: at once or not at all. What an earlier
 * calibration says of it counts for nothing.
 * @throws PeristaError E201 without the agent, and what keeps its board from being used
 */
export function admitCalibrationRun(
  ports: PrimePorts,
  pump: PumpRecord,
  order: CalibrationRunOrder,
): Admitted<CalibrationRunPlan> | Refusal {
  const plan = refuseNow(ports, pump) ?? planCalibrationRun(order, profileOf(pump, null));
  if (plan.kind === 'refused') return plan;
  const refusal = refuseVolume(ports, pump, 'forward', plan.largestMl, givenBeforeOrder(ports, pump));
  if (refusal !== null) return explainCharge(refusal, plan.durationS, plan.largestMl);
  return begins(ports, pump, { plan, chargeMl: plan.largestMl, calibrationId: null });
}

/** The same for a dose through a calibration that is not in use yet: planned and charged as it would be if it were. */
export function admitVerification(
  ports: PrimePorts,
  pump: PumpRecord,
  volumeMl: number,
  { calibrationId, curve }: Candidate,
): Admitted<DosePlan> | Refusal {
  const plan = refuseNow(ports, pump) ?? planDose({ volumeMl, direction: 'forward' }, profileOf(pump, curve));
  if (plan.kind === 'refused') return plan;
  const refusal = refuseVolume(ports, pump, 'forward', plan.volumeMl, givenBeforeOrder(ports, pump));
  if (refusal !== null) return refusal;
  return begins(ports, pump, { plan, chargeMl: plan.volumeMl, calibrationId });
}

function refuseNow(ports: PrimePorts, pump: PumpRecord): Refusal | null {
  const blocked = refuseBlocked(ports, pump);
  if (blocked !== null) return blocked;
  return ports.doses.countOpenInGroupOf(pump.pumpId) > 0
    ? refusals.busy()
    : refuseApart(ports.turns.waitOfNew(pump.pumpId));
}

function begins<Plan>(
  ports: PrimePorts,
  pump: PumpRecord,
  terms: Omit<Admitted<Plan>, 'kind' | 'mustWait' | 'apartMs'>,
): Admitted<Plan> {
  throwUnlessReachable(ports, pump);
  return { kind: 'admitted', ...terms, mustWait: false, apartMs: 0 };
}
