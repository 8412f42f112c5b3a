import type { FirstPump } from '@perista/controller';
import { relayPumpId } from '@perista/protocol/settings';

/** What the specification of the relay dosing unit lets a channel give; the caps of hour and day bound it as well. */
const LIMITS = { single_ml: 50, duration_s: 120, hour_ml: 100, day_ml: 200, week_ml: 1_000 };
/** The fastest pump that its caps make sense for: a single dose in 50 s. */
const MAX_RATE_ML_MIN = 60;
/** A relay is exact to some milliseconds: a shorter dose would be mostly that. */
const MIN_DOSE_ML = 0.2;

/** The pump of a relay channel before anybody has changed it. It is calibrated before it doses. */
export const relayPump = (channel: number): FirstPump => ({
  id: relayPumpId(channel),
  hardware: { kind: 'relay', channel },
  limits: LIMITS,
  max_rate_ml_min: MAX_RATE_ML_MIN,
  min_dose_ml: MIN_DOSE_ML,
  calibrationRuns: [],
});
