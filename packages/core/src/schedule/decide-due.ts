/** What becomes of a dose that is found late but still in its window: it is given with a warning, or let be. */
export type MissedPolicy = 'late' | 'skip';

/** A dose that the calendar asks for, of whatever kind of plan. Instants are ms since 1970. */
export interface DueDose {
  readonly pumpId: string;
  readonly dueMs: number;
  /** End of its window: late only, never early (P22). */
  readonly startBeforeMs: number;
  readonly missedPolicy: MissedPolicy;
}

/** What is to be done about a dose at an instant. */
export type DueCall = 'not-yet' | 'due' | 'late' | 'over';

/** Plans name minutes: what begins within its minute is in time. */
export const LATE_AFTER_MS = 60_000;

/** The window is [due, start before]; past it the dose is missed for good. */
export function callDue({ dueMs, startBeforeMs }: Pick<DueDose, 'dueMs' | 'startBeforeMs'>, nowMs: number): DueCall {
  if (nowMs < dueMs) return 'not-yet';
  if (nowMs > startBeforeMs) return 'over';
  return nowMs > dueMs + LATE_AFTER_MS ? 'late' : 'due';
}

/** `superseded`: another dose of its pump is given late in its place; what was passed over is not given all at once (P21). */
export type DueDecision = 'give' | 'give-late' | 'skip' | 'miss' | 'superseded';

export interface Decided<Due> {
  readonly dose: Due;
  readonly decision: DueDecision;
}

/**
 * What becomes of all that is due at `nowMs` or was before, in the order in which it fell due. Of each pump one dose is
 * given late at most: the newest.
 */
export function decideDue<Due extends DueDose>(doses: readonly Due[], nowMs: number): Decided<Due>[] {
  const due = doses.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
  const isGivenLate = (dose: Due) => dose.missedPolicy === 'late' && callDue(dose, nowMs) === 'late';
  const newest = new Map(due.filter(isGivenLate).map((dose) => [dose.pumpId, dose]));
  return due.map((dose) => {
    switch (callDue(dose, nowMs)) {
      case 'over':
        return { dose, decision: 'miss' };
      case 'late':
        if (dose.missedPolicy === 'skip') return { dose, decision: 'skip' };
        return { dose, decision: newest.get(dose.pumpId) === dose ? 'give-late' : 'superseded' };
      default:
        return { dose, decision: 'give' };
    }
  });
}
