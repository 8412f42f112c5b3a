import {
  type DayMask,
  type DosesADay,
  type PlanCeiling,
  type PlannedDose,
  type PlanProblem,
  planCeiling,
  plannedDose,
  planProblem,
} from '@perista/core';
import type { DosingChannel, DosingChannelPatch, Pump } from '@perista/protocol/api';
import { type FieldProblem, readField } from '../dose/dose-draft.ts';

/** What stands in a tile that is edited, as typed. */
export interface PlanDraft {
  readonly enabled: boolean;
  readonly days: DayMask;
  readonly dosesADay: DosesADay;
  readonly weekly: string;
}

export type WeeklyProblem = FieldProblem | 'decimals';

/** Whether a draft may be saved. */
export type PlanVerdict =
  | { readonly kind: 'ready'; readonly patch: DosingChannelPatch }
  | { readonly kind: 'unreadable'; readonly problem: WeeklyProblem }
  | { readonly kind: 'forbidden'; readonly problem: PlanProblem };

/** What a draft amounts to, before anything is sent. */
export interface PlanOutlook {
  readonly verdict: PlanVerdict;
  /** Null while it cannot be computed. */
  readonly dose: PlannedDose | null;
  readonly ceiling: PlanCeiling | null;
}

const WEEKLY_DECIMALS = 1;

/** The plan as it stands, as `language` writes it. */
export function draftOf(channel: DosingChannel, language: string): PlanDraft {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: WEEKLY_DECIMALS, useGrouping: false });
  return {
    enabled: channel.enabled,
    days: channel.weekly_schedule,
    dosesADay: channel.daily_schedule,
    weekly: channel.weekly_dosing_value === 0 ? '' : number.format(channel.weekly_dosing_value),
  };
}

/** Whether two readings of a channel have the same plan. */
export const isSamePlan = (one: DosingChannel, other: DosingChannel): boolean =>
  one.enabled === other.enabled &&
  one.weekly_schedule === other.weekly_schedule &&
  one.daily_schedule === other.daily_schedule &&
  one.weekly_dosing_value === other.weekly_dosing_value;

/**
 * Computes a draft by the rules that decide on the server too. To switch a channel off is always allowed; every other
 * change needs a plan that can be carried out.
 */
export function lookAtPlan(draft: PlanDraft, channel: DosingChannel, limits: Pump['limits']): PlanOutlook {
  const weekly = readWeekly(draft.weekly);
  const plan = { days: draft.days, dosesADay: draft.dosesADay, weeklyMl: typeof weekly === 'number' ? weekly : 0 };
  const rate = channel.dosing_rate;
  const rules = {
    singleMl: limits.single_ml,
    durationS: limits.duration_s,
    hourMl: limits.hour_ml,
    dayMl: limits.day_ml,
    weekMl: limits.week_ml,
  };
  return {
    verdict: verdictOn(changesOf(draft, weekly, channel), weekly, planProblem(plan, rate, rules)),
    dose: plannedDose(plan, rate),
    ceiling: planCeiling(plan, rate, rules),
  };
}

function verdictOn(
  patch: DosingChannelPatch,
  weekly: number | WeeklyProblem,
  problem: PlanProblem | null,
): PlanVerdict {
  const { id: _id, enabled, ...planned } = patch;
  if (Object.keys(planned).length === 0 && enabled !== true) return { kind: 'ready', patch };
  if (typeof weekly !== 'number') return { kind: 'unreadable', problem: weekly };
  return problem === null ? { kind: 'ready', patch } : { kind: 'forbidden', problem };
}

/** What would be saved is what stands in the tile: all in which it differs from the plan as it is now. */
function changesOf(draft: PlanDraft, weekly: number | WeeklyProblem, channel: DosingChannel): DosingChannelPatch {
  const typed = weekly === 'empty' ? 0 : weekly;
  return {
    id: channel.id,
    ...(draft.enabled !== channel.enabled && { enabled: draft.enabled }),
    ...(draft.days !== channel.weekly_schedule && { weekly_schedule: draft.days }),
    ...(draft.dosesADay !== channel.daily_schedule && { daily_schedule: draft.dosesADay }),
    ...(typed !== channel.weekly_dosing_value && { weekly_dosing_value: typeof typed === 'number' ? typed : 0 }),
  };
}

function readWeekly(text: string): number | WeeklyProblem {
  const read = readField(text);
  return typeof read === 'number' && Number(read.toFixed(WEEKLY_DECIMALS)) !== read ? 'decimals' : read;
}
