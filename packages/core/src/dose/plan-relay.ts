import { calibratedRange, flowMlPerMin } from '../calibration/calibration-curve.ts';
import { formatNumber } from '../units/quantity.ts';
import { ROUNDING } from '../units/rounding.ts';
import type { Motion } from './dose.ts';
import { estimateDose, type RateRange, rateOf, refuseOverLimits } from './estimate-dose.ts';
import { type DoseOrder, type DosePlan, explainCharge, type PrimeOrder, type PrimePlan } from './plan.ts';
import type { RelayProfile } from './pump-profile.ts';
import { type Refusal, refusals } from './refusal.ts';

/**
 * A pump behind a relay turns while the relay is on: a pulse is 1 ms of it, and a "revolution" 1 s, so that its ml/rev
 * are ml/s.
 */
export const RELAY_PULSES_PER_REV = 1000;

/** The one speed at which such a pump is calibrated: a revolution a second. */
export const RELAY_RPM = 60;

/** Turns a volume into the time that the relay is on, or refuses with the first rule that says no. */
export function planRelayDose(order: DoseOrder, profile: RelayProfile): DosePlan | Refusal {
  if (order.direction === 'reverse') return refusals.oneWay();
  const { curve, limits, minDoseMl } = profile;
  const range = relayRange(profile);
  if (curve === null) return refusals.notCalibrated();
  if (range === null) return refusals.notCalibrated(unusableCurve(profile));
  const estimate = estimateDose(order, { range, limits, minDoseMl });
  if (estimate.kind === 'refused') return estimate;

  const mlPerRev = range.fastestMlPerMin / RELAY_RPM;
  const mlPerPulse = mlPerRev / RELAY_PULSES_PER_REV;
  const pulses = Math.round(order.volumeMl / mlPerPulse);
  if (pulses < 1) return refusals.tooSmall(order.volumeMl, mlPerPulse);
  const volumeMl = pulses * mlPerPulse;
  const durationS = pulses / RELAY_PULSES_PER_REV;
  return {
    kind: 'plan',
    motion: onFor(pulses),
    volumeMl,
    durationS,
    rateMlPerMin: rateOf(volumeMl, durationS),
    rpm: RELAY_RPM,
    mlPerRev,
    errorPct: curve.errorPct,
  };
}

/** Turns a prime into the time that the relay may be on. Without a calibration it is judged at the pump's largest rate. */
export function planRelayPrime({ maxS, direction }: PrimeOrder, profile: RelayProfile): PrimePlan | Refusal {
  if (direction === 'reverse') return refusals.oneWay();
  const { limits, maxRateMlPerMin } = profile;
  const largestMl = (maxRateMlPerMin * maxS) / 60;
  const overLimit = refuseOverLimits(largestMl, maxS, limits);
  if (overLimit !== null) return explainCharge(overLimit, maxS, largestMl);
  const rateMlPerMin = relayRange(profile)?.fastestMlPerMin ?? null;
  const mlPerRev = (rateMlPerMin ?? maxRateMlPerMin) / RELAY_RPM;
  const pulses = Math.floor(maxS * RELAY_PULSES_PER_REV);
  if (pulses < 1) return refusals.tooSmall(largestMl, mlPerRev / RELAY_PULSES_PER_REV);
  return { kind: 'plan', motion: onFor(pulses), durationS: maxS, largestMl, rateMlPerMin, mlPerRev };
}

/** Its one rate, or null where none was measured or it is more than the pump may give. */
export function relayRange({ curve, maxRateMlPerMin }: RelayProfile): RateRange | null {
  if (curve === null) return null;
  const { minRpm, maxRpm } = calibratedRange(curve);
  if (minRpm > RELAY_RPM * (1 + ROUNDING) || maxRpm < RELAY_RPM * (1 - ROUNDING)) return null;
  const rate = flowMlPerMin(curve, RELAY_RPM);
  if (rate > maxRateMlPerMin * (1 + ROUNDING)) return null;
  return { slowestMlPerMin: rate, comfortableMlPerMin: rate, fastestMlPerMin: rate };
}

const unusableCurve = ({ maxRateMlPerMin }: RelayProfile) =>
  `its calibration gives more than the ${formatNumber(maxRateMlPerMin)} ml/min that it may give at most, or is not one of a relay`;

/** Speed codes mean nothing to a relay. */
const onFor = (pulses: number): Motion => ({
  pulses,
  direction: 'forward',
  durationMs: (pulses * 1000) / RELAY_PULSES_PER_REV,
  minCode: 1,
  maxCode: 1,
});
