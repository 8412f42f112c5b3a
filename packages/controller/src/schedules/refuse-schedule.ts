import { checkPlanCaps, occurrences, PLAN_LOOK_MS, planDose, type Refusal, refusals } from '@perista/core';
import { type CalibrationRecord, type PumpRecord, profileOf } from '../pumps/pump-row.ts';
import { RefusedFields, WrongFields } from '../wrong-fields.ts';
import { recurringOf } from './recurrence-of.ts';
import type { ScheduleSettings } from './schedule-row.ts';
import { zoneNamed } from './temporal-zone.ts';

/** Doses looked at, far more than a pump can give in the time. */
const MOST_LOOKED_AT = 20_000;

/**
 * What would never be given is not planned: a volume, a rate or a sum that the pump does not allow.
 * @throws PeristaError E420 to E427 with the fields that it is about
 */
export function refuseUngivable(
  settings: ScheduleSettings,
  pump: PumpRecord,
  calibration: CalibrationRecord | undefined,
  fromMs: number,
): void {
  const volumePath = settings.rule.kind === 'windows' ? 'rule.daily_ml' : 'volume_ml';
  const refusal =
    refuseDose(settings, pump, calibration) ??
    checkPlanCaps(firstDoses(settings, fromMs), profileOf(pump, null).limits);
  if (refusal !== null) throw new RefusedFields(refusal, pathsOf(refusal, volumePath));
}

/** @throws PeristaError E402 for a rule by which nothing is ever due */
export function refusePast(settings: ScheduleSettings, fromMs: number): void {
  const { rule, timezone } = settings;
  for (const _ of occurrences(recurringOf(settings), zoneNamed(timezone), fromMs)) return;
  const [path, value] =
    rule.kind === 'once' ? ['rule.date', `${rule.date} ${rule.time}`] : ['rule', JSON.stringify(rule)];
  throw new WrongFields([{ path, message: `must lie ahead, and before the year 2100; is ${value}` }]);
}

/** Without a calibration a volume cannot be planned yet, but what limits it is known. */
function refuseDose(
  { volumeMl, durationS }: ScheduleSettings,
  pump: PumpRecord,
  calibration: CalibrationRecord | undefined,
): Refusal | null {
  if (calibration !== undefined) {
    const order = { volumeMl, direction: 'forward', ...(durationS !== null && { durationS }) } as const;
    const plan = planDose(order, profileOf(pump, calibration.curve));
    return plan.kind === 'refused' ? plan : null;
  }
  const { limits, minDoseMl } = profileOf(pump, null);
  if (volumeMl < minDoseMl) return refusals.tooSmall(volumeMl, minDoseMl);
  if (volumeMl > limits.singleMl) return refusals.singleDoseLimit(volumeMl, limits.singleMl);
  return durationS !== null && durationS > limits.durationS
    ? refusals.durationLimit(durationS, limits.durationS)
    : null;
}

function firstDoses(settings: ScheduleSettings, fromMs: number) {
  const doses = [];
  for (const dose of occurrences(recurringOf(settings), zoneNamed(settings.timezone), fromMs)) {
    if (dose.dueMs > (doses[0]?.dueMs ?? dose.dueMs) + PLAN_LOOK_MS || doses.length >= MOST_LOOKED_AT) break;
    doses.push(dose);
  }
  return doses;
}

function pathsOf({ reason }: Refusal, volumePath: string): string[] {
  if (reason === 'duration-limit') return ['duration_s'];
  return reason === 'rate-too-high' || reason === 'rate-too-low' ? [volumePath, 'duration_s'] : [volumePath];
}
