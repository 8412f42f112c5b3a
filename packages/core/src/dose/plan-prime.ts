import { CATCH_UP_FACTOR, ceilingCode, turningSpeed, workingRange } from '../calibration/working-range.ts';
import { assert } from '../errors/perista-error.ts';
import { ROUNDING } from '../units/rounding.ts';
import { pulsesPerRev, rpmOfCode, usableCodes } from '../units/stepper-speed.ts';
import type { Motion, StepperGeometry } from './dose.ts';
import { refuseOverLimits } from './estimate-dose.ts';
import { explainCharge, MAX_PULSES, type PrimeOrder, type PrimePlan } from './plan.ts';
import { planRelayPrime } from './plan-relay.ts';
import type { PumpProfile, StepperProfile } from './pump-profile.ts';
import { type Refusal, refusals } from './refusal.ts';

/** Part of its fastest speed at which a pump turns that was never measured: what it gives is well below its largest rate. */
const UNMEASURED_SHARE = 0.5;

/**
 * Turns a prime into pulses and speed codes, or refuses with the first rule that says no: a speed to turn at, single
 * dose, duration. It needs no calibration: whatever it turns, it is judged and charged at the pump's largest rate.
 */
export function planPrime(order: PrimeOrder, profile: PumpProfile): PrimePlan | Refusal {
  assert(Number.isFinite(order.maxS) && order.maxS > 0, `a prime lasts a positive time, not ${order.maxS} s`);
  return profile.geometry === 'relay' ? planRelayPrime(order, profile) : planStepperPrime(order, profile);
}

function planStepperPrime({ maxS, direction }: PrimeOrder, profile: StepperProfile): PrimePlan | Refusal {
  const { geometry, limits, maxRateMlPerMin } = profile;
  const speed = measuredSpeed(profile) ?? unmeasuredSpeed(geometry);
  if (speed === null) return refusals.noSpeed(geometry.maxRpm);
  const largestMl = (maxRateMlPerMin * maxS) / 60;
  const overLimit = refuseOverLimits(largestMl, maxS, limits);
  if (overLimit !== null) return explainCharge(overLimit, maxS, largestMl);

  const mlPerRev = speed.mlPerRev ?? maxRateMlPerMin / speed.meanRpm;
  const pulses = Math.floor(((speed.meanRpm * maxS) / 60) * pulsesPerRev(geometry));
  if (pulses < 1) return refusals.tooSmall(largestMl, mlPerRev / pulsesPerRev(geometry));
  assert(pulses <= MAX_PULSES, 'a prime of minutes is within what a board can count');
  return {
    kind: 'plan',
    motion: { pulses, direction, durationMs: maxS * 1000, minCode: speed.minCode, maxCode: speed.maxCode },
    durationS: maxS,
    largestMl,
    rateMlPerMin: speed.mlPerRev === null ? null : speed.meanRpm * speed.mlPerRev,
    mlPerRev,
  };
}

interface PrimeSpeed extends Pick<Motion, 'minCode' | 'maxCode'> {
  readonly meanRpm: number;
  /** Null where it was not measured. */
  readonly mlPerRev: number | null;
}

/** The comfortable rate; the fastest if the pump would have to give that one in bursts. */
function measuredSpeed({ curve, ...profile }: StepperProfile): PrimeSpeed | null {
  if (curve === null) return null;
  const stepper = { ...profile, curve };
  const range = workingRange(stepper);
  if (range === null) return null;
  const comfortable = turningSpeed(stepper, range, range.comfortableMlPerMin);
  const { meanRpm, mlPerRev } = comfortable.isSteady
    ? comfortable
    : turningSpeed(stepper, range, range.fastestMlPerMin);
  const maxCode = ceilingCode(profile.geometry, range, meanRpm);
  return { meanRpm, mlPerRev, minCode: range.minCode, maxCode };
}

function unmeasuredSpeed(geometry: StepperGeometry): PrimeSpeed | null {
  const allowed = usableCodes(geometry).filter((code) => rpmOfCode(code, geometry) <= geometry.maxRpm * (1 + ROUNDING));
  const [minCode] = allowed;
  if (minCode === undefined) return null;
  const easy = allowed.filter((code) => rpmOfCode(code, geometry) <= geometry.maxRpm * UNMEASURED_SHARE);
  const maxCode = easy.at(-1) ?? minCode;
  return { meanRpm: rpmOfCode(maxCode, geometry) / CATCH_UP_FACTOR, mlPerRev: null, minCode, maxCode };
}
