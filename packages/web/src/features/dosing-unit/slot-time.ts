import { channelTimes, DAY_HALVES, DAY_S, type DayHalf, type DosesADay, utcDayOf } from '@perista/core';

/** When a slot of the UTC day of `nowUtc` is due; null where the plan has none. `channel` counts from 1. */
export function slotInstant(
  { channel, channelCount, dosesADay }: SlotPlace,
  half: DayHalf,
  nowUtc: string,
): string | null {
  const second = channelTimes(channel, channelCount, dosesADay)[DAY_HALVES.indexOf(half)];
  if (second === undefined) return null;
  return new Date((utcDayOf(Date.parse(nowUtc)) * DAY_S + second) * 1000).toISOString();
}

interface SlotPlace {
  readonly channel: number;
  readonly channelCount: number;
  readonly dosesADay: DosesADay;
}
