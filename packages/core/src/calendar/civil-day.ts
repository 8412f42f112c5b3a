/** A day of the calendar, in days since 1 January 1970. It has no zone: it is what a calendar on a wall shows. */
export type CivilDay = number;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  /** 1 to 31 */
  readonly day: number;
}

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
export const MINUTES_A_DAY = 1440;

export const dayOfWall = (wallMs: number): CivilDay => Math.floor(wallMs / DAY_MS);

/** Integers only, right past 2038 (P23). */
export function dateOf(civilDay: CivilDay): CivilDate {
  const date = new Date(civilDay * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Null for a day that no calendar has, such as 30 February. */
export function civilDayOf({ year, month, day }: CivilDate): CivilDay | null {
  const civilDay = Date.UTC(year, month - 1, day) / DAY_MS;
  const back = dateOf(civilDay);
  return back.year === year && back.month === month && back.day === day ? civilDay : null;
}
