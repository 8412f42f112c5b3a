import { CATCH_UP_FACTOR } from '../calibration/working-range.ts';
import { turningFactor } from '../motion/chunk-step.ts';
import { ROUNDING } from '../units/rounding.ts';
import { rpmOfCode, usableCodes } from '../units/stepper-speed.ts';
import { type CalibrationRunOrder, stepperRunS } from './plan-calibration-run.ts';
import type { PumpProfile, StepperProfile } from './pump-profile.ts';

/** Repeats at each proposed speed: the fewest that show a scatter and still leave a mean. */
export const PROPOSED_REPEATS = 3;

/** Speeds of a proposal. The volume of a turn bends over speed; eight points over two decades follow it to 0.2 %. */
const SPEEDS = 8;
/** Turns of a run: enough that a drop on the outlet and a part of a roller's pitch are small beside it. */
const REVOLUTIONS = 30;
/** A slower speed whose run would have fewer turns is not proposed. */
const LEAST_REVOLUTIONS = 10;
/** A run of a relay that its limits allow to be longer, s. */
const RELAY_RUN_S = 30;
/** A run shorter than this is mostly start and stop, s. */
const LEAST_RUN_S = 4;

/**
 * Speeds and times of runs that calibrate a pump well within its limits: evenly over the logarithm of speed, slowest
 * first. Empty if its limits or its board leave none.
 */
export function proposeCalibration(profile: PumpProfile): CalibrationRunOrder[] {
  const { limits, maxRateMlPerMin } = profile;
  const isRelay = profile.geometry === 'relay';
  const largestMlPerMin = isRelay ? maxRateMlPerMin : CATCH_UP_FACTOR * maxRateMlPerMin;
  const longestS = Math.min(limits.durationS, (60 * limits.singleMl) / largestMlPerMin);
  const turningS = isRelay ? Math.floor(longestS) : turningWithin(longestS);
  if (turningS < 1) return [];
  if (profile.geometry === 'relay') return [{ turningS: Math.min(RELAY_RUN_S, turningS) }];
  return proposedSpeeds(profile, turningS).map((rpm) => ({
    rpm,
    turningS: Math.min(turningS, Math.max(LEAST_RUN_S, Math.ceil((60 * REVOLUTIONS) / rpm))),
  }));
}

/** Whole seconds that a stepper may turn if its run may last `longestS`. */
function turningWithin(longestS: number): number {
  const bound = Math.floor(longestS / turningFactor(Number.POSITIVE_INFINITY));
  return stepperRunS(bound) <= longestS ? bound : bound - 1;
}

function proposedSpeeds({ geometry }: StepperProfile, longestS: number): number[] {
  const speeds = usableCodes(geometry)
    .map((code) => rpmOfCode(code, geometry))
    .filter((rpm) => rpm <= geometry.maxRpm * (1 + ROUNDING));
  const worthwhile = speeds.filter((rpm) => (rpm * longestS) / 60 >= LEAST_REVOLUTIONS);
  const [slowest, fastest] = [worthwhile[0] ?? speeds.at(-1), speeds.at(-1)];
  if (slowest === undefined || fastest === undefined) return [];
  const wanted = Array.from({ length: SPEEDS }, (_, index) => slowest * (fastest / slowest) ** (index / (SPEEDS - 1)));
  const nearest = wanted.map((rpm) => speeds.toSorted((a, b) => Math.abs(a - rpm) - Math.abs(b - rpm))[0] ?? rpm);
  return [...new Set(nearest)];
}
