import type { DosingChannel } from './dosing-unit.ts';

/** The example of the dosing unit's specification, for tests: 217 ml a week, twice a day, at 0.33 ml/s. */
export const EXAMPLE_CHANNEL: DosingChannel = {
  id: 1,
  enabled: true,
  weekly_schedule: 127,
  daily_schedule: 2,
  weekly_dosing_value: 217,
  dosing_rate: 0.33,
  single_dose_volume: 15.5,
  dosing_duration: 47,
  dosing_times_utc: [0, 43_200],
  status_morning: 'completed',
  status_evening: 'pending',
};
