import { CATCH_UP_FACTOR } from '../calibration/working-range.ts';
import { assert } from '../errors/perista-error.ts';
import { CHUNK_LIMIT_MS } from '../motion/chunk-step.ts';
import { UNLEARNT_TIMING } from '../motion/chunk-timing.ts';
import { ROUNDING } from '../units/rounding.ts';
import { codeOfRpm, pulsesPerRev, rpmOfCode, usableCodes } from '../units/stepper-speed.ts';
import { refuseOverLimits } from './estimate-dose.ts';
import { explainCharge, type PrimePlan } from './plan.ts';
import { planRelayPrime, RELAY_PULSES_PER_REV, RELAY_RPM } from './plan-relay.ts';
import type { PumpProfile, StepperProfile } from './pump-profile.ts';
import { type Refusal, refusals } from './refusal.ts';

/** A run whose volume somebody will measure. */
export interface CalibrationRunOrder {
  /** Speed of the shaft while it turns; the board takes the nearest it has. A relay has one speed and is told none. */
  readonly rpm?: number;
  /** How long it turns, pauses between chunks not counted, s. */
  readonly turningS: number;
}

export interface CalibrationRunPlan extends PrimePlan {
  /** Speed at which the shaft really turns. */
  readonly rpm: number;
  readonly revolutions: number;
}

/**
 * Turns a speed, rpm, and a time, s, into pulses, or refuses with the first rule that says no: a speed to turn at, single
 * dose, duration. Nobody knows yet what the pump gives, so it is judged and charged at its largest rate; a stepper at
 * `CATCH_UP_FACTOR` times that, for so much faster the chunks of its largest rate may turn.
 *
 * A stepper may turn further than was asked, for it turns at a speed code: between the slowest and the fastest code by at most
 * one, which is 500 pulses/s × `turningS` (the manual's speed law, see `PULSES_PER_S_PER_CODE`), half a pulse for
 * rounding not counted; and as far as the slowest code turns where less was asked. `revolutions` is what it turns.
 */
export function planCalibrationRun(order: CalibrationRunOrder, profile: PumpProfile): CalibrationRunPlan | Refusal {
  const { rpm, turningS } = order;
  assert(Number.isFinite(turningS) && turningS > 0, `a calibration run turns a positive time, not ${turningS} s`);
  if (profile.geometry !== 'relay') {
    assert(rpm !== undefined && Number.isFinite(rpm) && rpm > 0, `a calibration run has a positive speed, not ${rpm}`);
    return planStepperRun(rpm, turningS, profile);
  }
  assert(rpm === undefined, 'a relay is told no speed');
  const plan = planRelayPrime({ maxS: turningS, direction: 'forward' }, { ...profile, curve: null });
  if (plan.kind === 'refused') return plan;
  return { ...plan, rpm: RELAY_RPM, revolutions: plan.motion.pulses / RELAY_PULSES_PER_REV };
}

function planStepperRun(rpm: number, turningS: number, profile: StepperProfile): CalibrationRunPlan | Refusal {
  const { geometry, limits, maxRateMlPerMin } = profile;
  const code = nearestCode(rpm, profile);
  if (code === null) return refusals.noSpeed(geometry.maxRpm);
  const turningRpm = rpmOfCode(code, geometry);
  const pulses = Math.round((turningRpm / 60) * turningS * pulsesPerRev(geometry));
  const revolutions = pulses / pulsesPerRev(geometry);
  const durationS = stepperRunS(turningS);
  const largestMl = (CATCH_UP_FACTOR * maxRateMlPerMin * durationS) / 60;
  const overLimit = refuseOverLimits(largestMl, durationS, limits);
  if (overLimit !== null) return explainCharge(overLimit, durationS, largestMl);
  if (pulses < 1) return refusals.tooSmall(largestMl, largestMl);
  return {
    kind: 'plan',
    motion: { pulses, direction: 'forward', durationMs: durationS * 1000, minCode: code, maxCode: code },
    durationS,
    largestMl,
    rateMlPerMin: null,
    mlPerRev: largestMl / revolutions,
    rpm: turningRpm,
    revolutions,
  };
}

/** How long a run of a stepper lasts, pauses between chunks counted, s. */
export function stepperRunS(turningS: number): number {
  const chunks = Math.ceil((turningS * 1000) / CHUNK_LIMIT_MS);
  return turningS + (chunks * UNLEARNT_TIMING.overheadMs) / 1000;
}

/** The usable code whose speed is nearest to `rpm` and no faster than the head may turn. */
function nearestCode(rpm: number, { geometry }: StepperProfile): number | null {
  const wanted = codeOfRpm(rpm, geometry);
  const [nearest] = usableCodes(geometry)
    .filter((code) => rpmOfCode(code, geometry) <= geometry.maxRpm * (1 + ROUNDING))
    .toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  return nearest ?? null;
}
