import { DAY_S, type DayHalf, type DosesADay, HALF_DAY_S, utcDayOf } from '@perista/core';

/** When a slot of the UTC day of `nowUtc` is due; null where the plan has none. `morningS`: seconds after midnight UTC. */
export function slotInstant(
  { morningS, dosesADay }: { readonly morningS: number; readonly dosesADay: DosesADay },
  half: DayHalf,
  nowUtc: string,
): string | null {
  if (half === 'evening' && dosesADay === 1) return null;
  const second = morningS + (half === 'evening' ? HALF_DAY_S : 0);
  return new Date((utcDayOf(Date.parse(nowUtc)) * DAY_S + second) * 1000).toISOString();
}

/** The half of its UTC day in which an instant lies. */
export const halfAt = (nowUtc: string): DayHalf =>
  (Date.parse(nowUtc) / 1000) % DAY_S < HALF_DAY_S ? 'morning' : 'evening';
