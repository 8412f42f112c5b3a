import { DAY_MS } from '../calendar/civil-day.ts';
import type { ChannelPlan, DosesADay } from './channel-plan.ts';
import { isDayOn, weekDayOf } from './week-days.ts';

/** The two halves of a UTC day. */
export const DAY_HALVES = ['morning', 'evening'] as const;
export type DayHalf = (typeof DAY_HALVES)[number];

/** A dose that is due by the calendar. Days are counted from 1 January 1970 UTC, so nothing here ends in 2038. */
export interface Slot {
  readonly utcDay: number;
  readonly half: DayHalf;
}

/** Relays that a dosing unit may have. */
export const MOST_CHANNELS = 6;

export const DAY_S = 86_400;
/** The evening slot of a channel is so long after its morning slot. */
export const HALF_DAY_S = DAY_S / 2;

/** Late only: a dose half an hour early would be a second one around midnight (P22). */
export const SLOT_WINDOW_MS = 1_800_000;

/**
 * Seconds after midnight UTC at which a channel doses: channels share half a day evenly, so that none meets another.
 * `channel` counts from 1; `channelCount` is 1 to 6, of which each divides half a day into whole seconds.
 */
export function channelTimes(channel: number, channelCount: number, dosesADay: DosesADay): number[] {
  const morning = ((channel - 1) * HALF_DAY_S) / channelCount;
  return dosesADay === 1 ? [morning] : [morning, HALF_DAY_S + morning];
}

export const utcDayOf = (wallMs: number): number => Math.floor(wallMs / DAY_MS);

/** Dose id of a slot: whoever asks twice asks for the same dose (P1). */
export const slotDoseId = (pumpId: string, { utcDay, half }: Slot): string => `${pumpId}.${utcDay}.${half}`;

/** When a slot of a channel is due, ms since 1970 UTC; null where its plan has none. */
export function slotDueMs(
  plan: Pick<ChannelPlan, 'days' | 'dosesADay'>,
  place: { readonly channel: number; readonly channelCount: number },
  { utcDay, half }: Slot,
): number | null {
  if (!isDayOn(plan.days, weekDayOf(utcDay))) return null;
  const times = channelTimes(place.channel, place.channelCount, plan.dosesADay);
  const second = times[DAY_HALVES.indexOf(half)];
  return second === undefined ? null : utcDay * DAY_MS + second * 1000;
}

/** Slots of a plan that are due in [`fromMs`, `untilMs`), the oldest first. */
export function slotsBetween(
  plan: Pick<ChannelPlan, 'days' | 'dosesADay'>,
  place: { readonly channel: number; readonly channelCount: number },
  fromMs: number,
  untilMs: number,
): { readonly slot: Slot; readonly dueMs: number }[] {
  const found: { slot: Slot; dueMs: number }[] = [];
  for (let utcDay = utcDayOf(fromMs); utcDay * DAY_MS < untilMs; utcDay++) {
    for (const half of DAY_HALVES) {
      const slot = { utcDay, half };
      const dueMs = slotDueMs(plan, place, slot);
      if (dueMs !== null && dueMs >= fromMs && dueMs < untilMs) found.push({ slot, dueMs });
    }
  }
  return found;
}
