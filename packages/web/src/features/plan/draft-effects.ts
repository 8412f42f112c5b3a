import type { Plan, PlanDose } from '@perista/protocol/api';
import { isGiven } from './plan-marks.ts';
import { type PlanNotice, planNotices } from './plan-notices.ts';

/** What the server calls a schedule that is not kept yet. */
export const NEW_DRAFT_ID = 'draft-1';

export interface DraftEffects {
  /** The plan, without containers and zones that it has nothing to do with. */
  readonly about: Plan;
  /** What the draft would ask for, in the order in which it is due. */
  readonly own: readonly PlanDose[];
  readonly ofOwn: readonly PlanNotice[];
  /** What other plans would get otherwise than without it. */
  readonly ofOthers: readonly PlanNotice[];
}

interface Draft {
  readonly scheduleId: string;
  readonly timezone: string;
  readonly containerId: string | undefined;
}

/** What one schedule would do to a plan: `drafted` has it as it would be saved, `standing` as it is; undefined if not known. */
export function draftEffects(drafted: Plan, standing: Plan | undefined, draft: Draft): DraftEffects {
  const isOwn = ({ schedule_id }: PlanDose) => schedule_id === draft.scheduleId;
  const own = drafted.doses.filter(isOwn);
  const before = new Map(standing?.doses.map((dose) => [dose.dose_id, dose]));
  const ownIds = new Set(own.map(({ dose_id }) => dose_id));
  const changed = drafted.doses.filter((dose) => {
    const stood = before.get(dose.dose_id);
    if (isOwn(dose) || stood === undefined || !isGiven(stood)) return false;
    return !isGiven(dose) || (dose.waits_for !== null && ownIds.has(dose.waits_for) && stood.state === 'given');
  });
  const about: Plan = {
    ...drafted,
    containers: drafted.containers.filter(({ container_id }) => container_id === draft.containerId),
    clock_changes: drafted.clock_changes.filter(({ timezone }) => timezone === draft.timezone),
  };
  const silent = { ...drafted, complete: true, containers: [], clock_changes: [] };
  return { about, own, ofOwn: planNotices(about, own), ofOthers: planNotices(silent, changed) };
}
