/** Days of a week as a bit mask: bit 0 is Monday, bit 6 Sunday. */
export type DayMask = number;

export const EVERY_DAY: DayMask = 0b111_1111;

/**
 * Masks that a person picks by name. Two labels of the specification contradict its own bits: "only Sunday" is 64, not 1,
 * and Tuesday, Thursday, Sunday is 74, not 42 (which is Tuesday, Thursday, Saturday).
 */
export const DAY_PRESETS = {
  'every-day': EVERY_DAY,
  workdays: 0b001_1111,
  weekend: 0b110_0000,
  sunday: 0b100_0000,
  'tuesday-thursday-sunday': 0b100_1010,
} as const satisfies Record<string, DayMask>;
export type DayPreset = keyof typeof DAY_PRESETS;

/** Names by which rules and programs know them. */
export const WEEK_DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type WeekDayName = (typeof WEEK_DAY_NAMES)[number];

export const DAYS_OF_WEEK = [0, 1, 2, 3, 4, 5, 6] as const;

/** 1 January 1970 was a Thursday. */
const FIRST_WEEK_DAY = 3;

export const isDayOn = (mask: DayMask, weekDay: number): boolean => (mask & (1 << weekDay)) !== 0;

/** How many days of the week are on. */
export const daysActive = (mask: DayMask): number => DAYS_OF_WEEK.filter((day) => isDayOn(mask, day)).length;

/** Day of the week, Monday 0, of a day counted from 1 January 1970 UTC. */
export const weekDayOf = (utcDay: number): number => (((utcDay + FIRST_WEEK_DAY) % 7) + 7) % 7;

export const presetOf = (mask: DayMask): DayPreset | null =>
  (Object.keys(DAY_PRESETS) as DayPreset[]).find((name) => DAY_PRESETS[name] === mask) ?? null;
