import { calibratedRange } from '../calibration/calibration-curve.ts';
import { type CalibratedStepper, ceilingCode, turningSpeed, workingRange } from '../calibration/working-range.ts';
import { formatNumber } from '../units/quantity.ts';
import { pulsesPerRev } from '../units/stepper-speed.ts';
import { estimateDose, type RateRange, rateOf } from './estimate-dose.ts';
import { type DoseOrder, type DosePlan, MAX_PULSES } from './plan.ts';
import { planRelayDose, relayRange } from './plan-relay.ts';
import type { PumpProfile, StepperProfile } from './pump-profile.ts';
import { type Refusal, refusals } from './refusal.ts';

/**
 * Turns a volume and a duration into pulses and speed codes, or refuses with the first rule that says no: calibrated,
 * not too small, feasible rate, single dose, duration. Caps over time are `checkCaps`. Nothing is ever shortened.
 */
export function planDose(order: DoseOrder, profile: PumpProfile): DosePlan | Refusal {
  return profile.geometry === 'relay' ? planRelayDose(order, profile) : planStepperDose(order, profile);
}

function planStepperDose(order: DoseOrder, profile: StepperProfile): DosePlan | Refusal {
  const { curve, geometry, limits } = profile;
  if (curve === null) return refusals.notCalibrated();
  const stepper = { ...profile, curve };
  const range = workingRange(stepper);
  if (range === null) return refusals.notCalibrated(noUsableSpeed(stepper));

  const estimate = estimateDose(order, { range, limits, minDoseMl: profile.minDoseMl });
  if (estimate.kind === 'refused') return estimate;

  const { volumeMl } = order;
  const { durationS } = estimate;
  const rateMlPerMin = Math.min(range.fastestMlPerMin, estimate.rateMlPerMin);
  const speed = turningSpeed(stepper, range, rateMlPerMin, durationS * 1000);
  const mlPerPulse = speed.mlPerRev / pulsesPerRev(geometry);
  const pulses = Math.round(volumeMl / mlPerPulse);
  if (pulses < 1) return refusals.tooSmall(volumeMl, mlPerPulse);
  if (pulses > MAX_PULSES) return refusals.singleDoseLimit(volumeMl, MAX_PULSES * mlPerPulse);
  const plannedMl = pulses * mlPerPulse;
  return {
    kind: 'plan',
    motion: {
      pulses,
      direction: order.direction,
      durationMs: durationS * 1000,
      minCode: range.minCode,
      maxCode: ceilingCode(geometry, range, speed.meanRpm),
    },
    volumeMl: plannedMl,
    durationS,
    rateMlPerMin: rateOf(plannedMl, durationS),
    rpm: speed.rpm,
    mlPerRev: speed.mlPerRev,
    errorPct: curve.errorPct,
  };
}

/** Between which mean rates this pump can be ordered; null while it has no usable calibration. */
export function rateRange(profile: PumpProfile): RateRange | null {
  if (profile.geometry === 'relay') return relayRange(profile);
  const range = profile.curve === null ? null : workingRange({ ...profile, curve: profile.curve });
  if (range === null) return null;
  const { slowestMlPerMin, comfortableMlPerMin, fastestMlPerMin } = range;
  return { slowestMlPerMin, comfortableMlPerMin, fastestMlPerMin };
}

function noUsableSpeed({ curve, geometry }: CalibratedStepper): string {
  const { minRpm, maxRpm } = calibratedRange(curve);
  return `its calibration covers ${formatNumber(minRpm)} to ${formatNumber(maxRpm)} rpm, and its motor has no speed there that is at most ${formatNumber(geometry.maxRpm)} rpm`;
}
