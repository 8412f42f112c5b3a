import type { DoseLimits } from '../dose/dose.ts';
import { type DayMask, daysActive } from './week-days.ts';

/** Once a day in the morning, or twice: morning and evening. */
export type DosesADay = 1 | 2;

/** What a channel shall give in a week. */
export interface ChannelPlan {
  readonly days: DayMask;
  readonly dosesADay: DosesADay;
  readonly weeklyMl: number;
}

/** One dose of a plan. */
export interface PlannedDose {
  readonly singleMl: number;
  readonly durationS: number;
}

/** A limit that a plan can meet first; the smallest of them binds. */
export type PlanRule = 'week_ml' | 'single_ml' | 'duration_s' | 'hour_ml' | 'day_ml';

/** The most that a week of a plan's days can give, ml, and the rule that says so. */
export interface PlanCeiling {
  readonly rule: PlanRule;
  readonly weeklyMl: number;
}

/** Why a plan cannot be carried out. */
export type PlanProblem =
  | { readonly kind: 'no-days' }
  | { readonly kind: 'no-volume' }
  | { readonly kind: 'no-rate' }
  | ({ readonly kind: 'over-ceiling'; readonly askedMl: number } & PlanCeiling);

/** Limits of a dose as far as a week depends on them. */
type PlanLimits = Pick<DoseLimits, 'singleMl' | 'durationS' | 'hourMl' | 'dayMl' | 'weekMl'>;

export const dosesAWeek = ({ days, dosesADay }: Pick<ChannelPlan, 'days' | 'dosesADay'>): number =>
  daysActive(days) * dosesADay;

/** Null while a dose cannot be computed: no days, no volume or no rate. `rate` in ml/s. */
export function plannedDose(plan: ChannelPlan, rate: number): PlannedDose | null {
  const doses = dosesAWeek(plan);
  if (doses === 0 || !(plan.weeklyMl > 0) || !(rate > 0)) return null;
  const singleMl = plan.weeklyMl / doses;
  return { singleMl, durationS: singleMl / rate };
}

/** Null while there are no days or no rate. */
export function planCeiling(
  plan: Pick<ChannelPlan, 'days' | 'dosesADay'>,
  rate: number,
  limits: PlanLimits,
): PlanCeiling | null {
  const doses = dosesAWeek(plan);
  if (doses === 0 || !(rate > 0)) return null;
  const ceilings: readonly PlanCeiling[] = [
    { rule: 'week_ml', weeklyMl: limits.weekMl },
    { rule: 'single_ml', weeklyMl: limits.singleMl * doses },
    { rule: 'duration_s', weeklyMl: limits.durationS * rate * doses },
    { rule: 'hour_ml', weeklyMl: limits.hourMl * doses },
    { rule: 'day_ml', weeklyMl: limits.dayMl * daysActive(plan.days) },
  ];
  return ceilings.reduce((least, one) => (one.weeklyMl < least.weeklyMl ? one : least));
}

/** The first thing that stands in the way of a plan, or null. */
export function planProblem(plan: ChannelPlan, rate: number, limits: PlanLimits): PlanProblem | null {
  if (daysActive(plan.days) === 0) return { kind: 'no-days' };
  if (!(plan.weeklyMl > 0)) return { kind: 'no-volume' };
  const ceiling = planCeiling(plan, rate, limits);
  if (ceiling === null) return { kind: 'no-rate' };
  return plan.weeklyMl > ceiling.weeklyMl ? { kind: 'over-ceiling', askedMl: plan.weeklyMl, ...ceiling } : null;
}
