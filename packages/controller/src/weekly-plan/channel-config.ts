import { channelTimes, flowMlPerMin, plannedDose, RELAY_RPM } from '@perista/core';
import type { DosingChannel } from '@perista/protocol/api';
import type { CalibrationRecord } from '../pumps/pump-row.ts';
import type { StoredPlan } from './channel-plan-store.ts';

/** Digits that binary fractions of a volume are cut to where it is shown, so that 15.5 ml are 15.5 ml. */
const SHOWN_DECIMALS = 6;

/** What a pump behind a relay gives, ml/s; 0 until it is calibrated. */
export const dosingRate = (calibration: CalibrationRecord | undefined): number =>
  calibration === undefined ? 0 : shown(flowMlPerMin(calibration.curve, RELAY_RPM) / 60);

/** The part of a channel that its plan and its rate decide, as the API names it. */
export type ChannelSettings = Omit<DosingChannel, 'status_morning' | 'status_evening'>;

export function channelSettings(id: number, plan: StoredPlan, rate: number): ChannelSettings {
  const dose = plannedDose(plan, rate);
  return {
    id,
    enabled: plan.enabled,
    weekly_schedule: plan.days,
    daily_schedule: plan.dosesADay,
    weekly_dosing_value: plan.weeklyMl,
    dosing_rate: rate,
    single_dose_volume: dose === null ? 0 : shown(dose.singleMl),
    dosing_duration: dose === null ? 0 : Math.round(dose.durationS),
    dosing_times_utc: channelTimes(id, plan.channelCount, plan.dosesADay),
  };
}

const shown = (value: number): number => Number(value.toFixed(SHOWN_DECIMALS));
