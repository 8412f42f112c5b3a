import { EXAMPLE_CHANNEL } from '@perista/protocol/api/example-channel';
import type { FirstPump } from '../pumps/first-pumps.ts';
import { newPumpInput } from '../unit-fixture.ts';

/** A pump behind a relay, with the limits of the specification and no rate yet. */
export const relayPump = (channel: number, calibrationRuns: FirstPump['calibrationRuns'] = []): FirstPump => ({
  ...newPumpInput(`relay-${channel}`, {
    hardware: { kind: 'relay', channel },
    limits: { single_ml: 50, duration_s: 120, hour_ml: 100, day_ml: 200, week_ml: 1000 },
  }),
  calibrationRuns,
});

const { enabled, weekly_schedule, daily_schedule, weekly_dosing_value, dosing_rate } = EXAMPLE_CHANNEL;

/** The plan of the specification's example, without what follows from it. */
export const EXAMPLE_PLAN = { enabled, weekly_schedule, daily_schedule, weekly_dosing_value, dosing_rate };
