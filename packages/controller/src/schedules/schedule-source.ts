import { occurrenceDoseId, occurrences } from '@perista/core';
import type { PumpRecord } from '../pumps/pump-row.ts';
import type { AskingPlan, CalendarDose, DuePlan, PlanSource } from './calendar-dose.ts';
import { recurringOf } from './recurrence-of.ts';
import type { StoredSchedule } from './schedule-row.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { zoneNamed } from './temporal-zone.ts';

/** Schedules, as doses. */
export class ScheduleSource implements PlanSource {
  readonly #schedules: ScheduleStore;

  constructor(schedules: ScheduleStore) {
    this.#schedules = schedules;
  }

  plans(): DuePlan[] {
    return this.#on(this.#schedules.list());
  }

  plansOf({ pumpId }: PumpRecord): DuePlan[] {
    return this.#on(this.#schedules.ofPump(pumpId));
  }

  #on(schedules: readonly StoredSchedule[]): DuePlan[] {
    return schedules.filter(isOn).map((schedule) => ({
      ...schedulePlan(schedule),
      markDecided: (untilMs) => this.#schedules.markDecided(schedule.id, untilMs),
    }));
  }
}

export const isOn = ({ enabled }: Pick<StoredSchedule, 'enabled'>): boolean => enabled;

/** A schedule as the executor reads it. */
export const schedulePlan = (schedule: StoredSchedule): AskingPlan => ({
  pumpId: schedule.pumpId,
  decidedUntilMs: schedule.decidedUntilMs,
  dosesFrom: (fromMs) => scheduleDoses(schedule, fromMs),
});

/** What a schedule asks for from an instant on, whether it is on or off. */
export function* scheduleDoses(schedule: StoredSchedule, fromMs: number): Generator<CalendarDose> {
  const { id, pumpId, durationS, toleranceS, missedPolicy, timezone } = schedule;
  for (const { dueMs, volumeMl } of occurrences(recurringOf(schedule), zoneNamed(timezone), fromMs)) {
    yield {
      doseId: occurrenceDoseId(id, dueMs),
      pumpId,
      volumeMl,
      durationS,
      dueMs,
      startBeforeMs: dueMs + toleranceS * 1000,
      missedPolicy,
      scheduleId: id,
    };
  }
}
