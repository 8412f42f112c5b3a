import { firstMisfit, measure, type RecordCodec, shortestDecimal, u8, u16, u32 } from './record-codec.ts';

/** One channel's plan, rate and what it did. */
export interface ChannelConfig {
  readonly enabled: boolean;
  /** Bit 0 Monday to bit 6 Sunday. */
  readonly weeklySchedule: number;
  /** Doses a day, 1 or 2. */
  readonly dailySchedule: number;
  /** With one decimal at most. */
  readonly weeklyDosingValueMl: number;
  /** Kept as f32. */
  readonly dosingRateMlPerS: number;
  /** Start of the last morning and the last evening motion, epoch seconds; 0 = never. */
  readonly lastDoseTimestamps: readonly [morning: number, evening: number];
  readonly dosesCompletedToday: number;
  /** Days since 1970-01-01. */
  readonly currentUtcDay: number;
}

/** Offsets in the 48 B of a record. The tenths are apart so that whole millilitres stand where other readers look. */
const AT = {
  weeklySchedule: 0,
  dailySchedule: 1,
  weeklyMl: 2,
  rate: 4,
  enabled: 8,
  morning: 12,
  evening: 16,
  dosesToday: 20,
  utcDay: 24,
  weeklyTenths: 28,
} as const;

export const channelConfigCodec: RecordCodec<ChannelConfig> = {
  bytes: 48,
  sequenceAt: 32,
  encode(value, view) {
    const tenths = Math.round(value.weeklyDosingValueMl * 10);
    view.setUint8(AT.weeklySchedule, value.weeklySchedule);
    view.setUint8(AT.dailySchedule, value.dailySchedule);
    view.setUint16(AT.weeklyMl, Math.floor(tenths / 10), true);
    view.setFloat32(AT.rate, value.dosingRateMlPerS, true);
    view.setUint8(AT.enabled, value.enabled ? 1 : 0);
    view.setUint32(AT.morning, value.lastDoseTimestamps[0], true);
    view.setUint32(AT.evening, value.lastDoseTimestamps[1], true);
    view.setUint8(AT.dosesToday, value.dosesCompletedToday);
    view.setUint32(AT.utcDay, value.currentUtcDay, true);
    view.setUint16(AT.weeklyTenths, tenths % 10, true);
  },
  decode: (view) => ({
    enabled: view.getUint8(AT.enabled) === 1,
    weeklySchedule: view.getUint8(AT.weeklySchedule),
    dailySchedule: view.getUint8(AT.dailySchedule),
    weeklyDosingValueMl: (view.getUint16(AT.weeklyMl, true) * 10 + view.getUint16(AT.weeklyTenths, true)) / 10,
    dosingRateMlPerS: shortestDecimal(view.getFloat32(AT.rate, true)),
    lastDoseTimestamps: [view.getUint32(AT.morning, true), view.getUint32(AT.evening, true)],
    dosesCompletedToday: view.getUint8(AT.dosesToday),
    currentUtcDay: view.getUint32(AT.utcDay, true),
  }),
  misfit: (value) => {
    const weeklyMl = value.weeklyDosingValueMl;
    const hasTenths = Math.round(weeklyMl * 10) / 10 === weeklyMl;
    return firstMisfit([
      u8('weekly_schedule', value.weeklySchedule, 127),
      u8('daily_schedule', value.dailySchedule, 2, 1),
      u16('weekly_dosing_value', Math.floor(weeklyMl)),
      ['weekly_dosing_value', weeklyMl, 'a number with one decimal at most', hasTenths],
      measure('dosing_rate', value.dosingRateMlPerS),
      u32('last_dose_timestamp[0]', value.lastDoseTimestamps[0]),
      u32('last_dose_timestamp[1]', value.lastDoseTimestamps[1]),
      u8('doses_completed_today', value.dosesCompletedToday),
      u32('current_utc_day', value.currentUtcDay),
    ]);
  },
};
