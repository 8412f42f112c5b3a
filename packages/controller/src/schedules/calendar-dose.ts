import type { DueDose } from '@perista/core';
import type { PumpRecord } from '../pumps/pump-row.ts';

/** A dose that the calendar asks for. */
export interface CalendarDose extends DueDose {
  /** Derived, so that whoever asks twice asks for the same one (P1). */
  readonly doseId: string;
  readonly volumeMl: number;
  /** Null: as long as it takes at the comfortable rate. */
  readonly durationS: number | null;
  /** Null: a slot of a weekly plan. */
  readonly scheduleId: string | null;
}

/** What a plan asks for, of whatever kind, and how far that has been dealt with. */
export interface AskingPlan {
  readonly pumpId: string;
  /** Each dose that was due before this instant has its row, or was never asked for; ms since 1970. */
  readonly decidedUntilMs: number;
  /** What falls due from an instant on, the earliest first; take as many as are needed. */
  dosesFrom(fromMs: number): Iterable<CalendarDose>;
}

/** A plan that is on. */
export interface DuePlan extends AskingPlan {
  /** Never goes back, whatever the clock does. */
  markDecided(untilMs: number): void;
}

/** Where plans of one kind are kept. */
export interface PlanSource {
  /** Those that are on, of pumps that are there. */
  plans(): readonly DuePlan[];
  /** Those of one pump. */
  plansOf(pump: PumpRecord): readonly DuePlan[];
}
