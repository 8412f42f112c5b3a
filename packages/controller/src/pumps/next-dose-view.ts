import type { Refusal } from '@perista/core';
import type { BlockedBy, Pump } from '@perista/protocol/api';
import type { ContainerRecord } from '../containers/container-row.ts';
import { refuseDraw } from '../dosing/admission.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { NextDoses } from '../planning/next-doses.ts';
import type { PlannedDose } from '../planning/planned-doses.ts';
import type { PumpRecord } from './pump-row.ts';

export interface NextDosePorts {
  readonly nextDoses: Pick<NextDoses, 'of'>;
  readonly timeKeeper: Pick<TimeKeeper, 'untrusted'>;
  /** Why nothing is dosed by plan, or null. */
  readonly whyPlanOff: () => Refusal | null;
}

/** What the pump is to give next, and what would keep just that dose from being given. */
export function nextDoseView(ports: NextDosePorts, pump: PumpRecord, container: ContainerRecord): Pump['next_dose'] {
  const next = ports.nextDoses.of(pump);
  if (next === null) return null;
  const { atMs, volumeMl, scheduleId } = next;
  return {
    at: timestamp(atMs),
    volume_ml: volumeMl,
    schedule_id: scheduleId,
    held_up_by: heldUpBy(ports, container, next),
  };
}

/** Rules that are about planned doses alone, or about the volume of this one. */
function heldUpBy(
  { timeKeeper, whyPlanOff }: NextDosePorts,
  container: ContainerRecord,
  { volumeMl }: PlannedDose,
): BlockedBy | null {
  const { untrusted } = timeKeeper;
  if (untrusted !== null) return { code: 'E413', reason: untrusted };
  const refusal = whyPlanOff() ?? refuseDraw(container, volumeMl, 0);
  return refusal === null ? null : { code: refusal.code, reason: refusal.sentence };
}
