import { ERRORS, type ErrorCode, formatNumber, PeristaError, type PlanProblem, planProblem } from '@perista/core';
import type { DosingChannel, DosingChannelPatch } from '@perista/protocol/api';
import { type PumpRecord, profileOf } from '../pumps/pump-row.ts';
import { WrongFields } from '../wrong-fields.ts';
import type { StoredPlan } from './channel-plan-store.ts';

/** What a change makes of a channel. */
export interface PatchedChannel {
  readonly plan: StoredPlan;
  /** ml/s */
  readonly rate: number;
}

const CEILING_CODES = {
  week_ml: 'E426',
  single_ml: 'E422',
  duration_s: 'E423',
  hour_ml: 'E424',
  day_ml: 'E425',
} as const satisfies Record<Extract<PlanProblem, { kind: 'over-ceiling' }>['rule'], ErrorCode>;

/**
 * A channel after `patch`.
 * @throws PeristaError E402 for what contradicts itself or is missing, E422 to E426 for more than the pump's limits allow
 */
export function patchChannel(patch: DosingChannelPatch, before: PatchedChannel, pump: PumpRecord): PatchedChannel {
  const plan: StoredPlan = {
    ...before.plan,
    enabled: patch.enabled ?? before.plan.enabled,
    days: patch.weekly_schedule ?? before.plan.days,
    dosesADay: patch.daily_schedule ?? before.plan.dosesADay,
    weeklyMl: patch.weekly_dosing_value ?? before.plan.weeklyMl,
  };
  const rate = patch.dosing_rate ?? before.rate;
  refuseProblem(patch.id, planProblem(plan, rate, profileOf(pump, null).limits), plan.enabled);
  return { plan, rate };
}

/** Computed fields may come back as they were read, and say nothing else. @throws PeristaError E402 */
export function refuseUnequal(patch: DosingChannelPatch, after: DosingChannel): void {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const errors = given
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(after[key as keyof DosingChannel]))
    .map(([key, value]) => ({
      path: key,
      message: `follows from the other fields and would be ${JSON.stringify(after[key as keyof DosingChannel])}, not ${JSON.stringify(value)}; leave it out`,
    }));
  if (errors.length > 0) throw new WrongFields(errors);
}

/** A channel that is off may be incomplete, but never more than its pump may give. */
function refuseProblem(id: number, problem: PlanProblem | null, enabled: boolean): void {
  if (problem === null) return;
  if (problem.kind === 'no-days') throw wrong('weekly_schedule', 'must have at least one day, is 0');
  if (problem.kind === 'over-ceiling') {
    const code = CEILING_CODES[problem.rule];
    const [asked, most] = [formatNumber(problem.askedMl), formatNumber(problem.weeklyMl)];
    const sentence = `weekly_dosing_value of channel ${id} is ${asked} ml, and the most that a week of its days can give is ${most} ml: its limit ${problem.rule} says so. ${ERRORS[code].title}.`;
    throw new PeristaError(code, sentence, { details: { limit: problem.weeklyMl, value: problem.askedMl } });
  }
  if (!enabled) return;
  if (problem.kind === 'no-volume') throw wrong('weekly_dosing_value', 'must be set before the channel is enabled');
  throw wrong('dosing_rate', 'must be set or measured before the channel is enabled');
}

const wrong = (path: string, message: string) => new WrongFields([{ path, message }]);

/** @throws PeristaError E402 */
export function refuseDoubles(patches: readonly DosingChannelPatch[]): void {
  const ids = patches.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw new WrongFields([{ path: 'channels', message: `must name each channel once, has ${twice} twice` }]);
}
