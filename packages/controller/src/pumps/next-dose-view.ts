import type { Refusal } from '@perista/core';
import type { BlockedBy, Pump } from '@perista/protocol/api';
import type { ContainerRecord } from '../containers/container-row.ts';
import { refuseDraw } from '../dosing/admission.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { PlannedDose } from '../planning/planned-doses.ts';

export interface PlanPorts {
  readonly timeKeeper: Pick<TimeKeeper, 'untrusted'>;
  /** Why nothing is dosed by plan, or null. */
  readonly whyPlanOff: () => Refusal | null;
}

/** What keeps all planned doses, and no others, from being given, or null. */
export function whyNoPlan({ timeKeeper, whyPlanOff }: PlanPorts): BlockedBy | null {
  const { untrusted } = timeKeeper;
  return untrusted === null ? blockedBy(whyPlanOff()) : { code: 'E413', reason: untrusted };
}

/** A dose that is to be given next, and what would keep just that dose from being given. */
export const nextDoseView = (
  { atMs, volumeMl, scheduleId }: PlannedDose,
  container: ContainerRecord,
  noPlan: BlockedBy | null,
): NonNullable<Pump['next_dose']> => ({
  at: timestamp(atMs),
  volume_ml: volumeMl,
  schedule_id: scheduleId,
  held_up_by: noPlan ?? blockedBy(refuseDraw(container, volumeMl, 0)),
});

const blockedBy = (refusal: Refusal | null): BlockedBy | null =>
  refusal === null ? null : { code: refusal.code, reason: refusal.sentence };
