import type { PumpRecord } from '../pumps/pump-row.ts';
import type { DuePlan, PlanSource } from '../schedules/calendar-dose.ts';

/** A dose that will be ordered by itself if nothing changes. */
export interface PlannedDose {
  /** When it is due, ms since 1970. */
  readonly atMs: number;
  readonly volumeMl: number;
  /** Null of a weekly plan. */
  readonly scheduleId: string | null;
}

/** What the executor will order. Reads only. */
export interface PlannedDoses {
  /** Due in [`fromMs`, `untilMs`), the oldest first. */
  between(pump: PumpRecord, fromMs: number, untilMs: number): readonly PlannedDose[];
  /** The first that is due at `fromMs` or later, or null. */
  next(pump: PumpRecord, fromMs: number): PlannedDose | null;
}

/** The plans that the executor carries out, as doses to come. */
export function plannedBy(sources: readonly PlanSource[]): PlannedDoses {
  const collect = (pump: PumpRecord, of: (plan: DuePlan) => PlannedDose[]) =>
    sources
      .flatMap((source) => source.plansOf(pump))
      .flatMap(of)
      .sort((one, other) => one.atMs - other.atMs);
  return {
    between: (pump, fromMs, untilMs) => collect(pump, (plan) => dosesOf(plan, fromMs, { untilMs })),
    next: (pump, fromMs) => collect(pump, (plan) => dosesOf(plan, fromMs, { most: 1 }))[0] ?? null,
  };
}

function dosesOf(
  plan: DuePlan,
  fromMs: number,
  bound: { readonly untilMs?: number; readonly most?: number },
): PlannedDose[] {
  const { untilMs = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY } = bound;
  const doses: PlannedDose[] = [];
  for (const { dueMs, volumeMl, scheduleId } of plan.dosesFrom(fromMs)) {
    if (dueMs >= untilMs || doses.push({ atMs: dueMs, volumeMl, scheduleId }) >= most) break;
  }
  return doses;
}
