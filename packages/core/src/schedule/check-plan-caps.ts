import type { DoseLimits } from '../dose/dose.ts';
import { type Refusal, refusals } from '../dose/refusal.ts';
import { CAP_TOLERANCE_ML } from '../limits/check-caps.ts';
import type { Occurrence } from './occurrences.ts';

const HOUR_MS = 3_600_000;

const CAPS = [
  { name: 'hour', key: 'hourMl', windowMs: HOUR_MS },
  { name: 'day', key: 'dayMl', windowMs: 24 * HOUR_MS },
  { name: 'week', key: 'weekMl', windowMs: 168 * HOUR_MS },
] as const;

/** Longest of the caps: what a plan asks for is looked at for so long, from its first dose on. */
export const PLAN_LOOK_MS = 168 * HOUR_MS + 24 * HOUR_MS;

/**
 * The first cap of its pump that a plan breaks by itself, whatever else the pump gives, or null; `doses` in the order in
 * which they are due. Doses that are a whole window apart do not meet in it.
 */
export function checkPlanCaps(
  doses: readonly Occurrence[],
  limits: Pick<DoseLimits, 'hourMl' | 'dayMl' | 'weekMl'>,
): Refusal | null {
  for (const { name, key, windowMs } of CAPS) {
    const totalMl = most(doses, windowMs);
    if (totalMl > limits[key] + CAP_TOLERANCE_ML) return refusals.planCap(name, { totalMl, limitMl: limits[key] });
  }
  return null;
}

/** The most that doses give within a window, ml. */
function most(doses: readonly Occurrence[], windowMs: number): number {
  let [highest, sum, from] = [0, 0, 0];
  for (const { dueMs, volumeMl } of doses) {
    sum += volumeMl;
    for (let first = doses[from]; first !== undefined && first.dueMs <= dueMs - windowMs; first = doses[from]) {
      sum -= first.volumeMl;
      from++;
    }
    highest = Math.max(highest, sum);
  }
  return highest;
}
