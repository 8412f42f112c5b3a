import type { CalibrationRunOrder, CalibrationRunPlan, Direction, DosePlan, PrimePlan, Refusal } from '@perista/core';
import type {
  CalibrationRunStarted,
  DoseAccepted,
  DoseCause,
  DoseRequest,
  PrimeRequest,
  PrimeStarted,
  SessionRunStarted,
} from '@perista/protocol/api';
import { HOLD_MS } from '../agent-link/leases.ts';
import type { DoseIntent } from '../ledger/dose-row.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import type { CalendarDose } from '../schedules/calendar-dose.ts';
import { type Admitted, admit, admitPrime, type JudgingPorts, type PrimePorts } from './admission.ts';
import { admitCalibrationRun, admitVerification, type Candidate } from './admit-run.ts';

/** How long after its acceptance an order may still start, at once or from the queue; what keeps its pump apart is added. */
const DIRECT_WINDOW_MS = 30_000;
const QUEUED_WINDOW_MS = 30 * 60_000;

/** Who was accepted, and when. */
export type Acceptance = Pick<DoseIntent, 'dose_id' | 'pump_id' | 'accepted_at_ms'>;

/** One kind of order: how it is spelled, judged and answered. Whatever it asks for, it becomes a dose. */
export interface OrderKind<Plan, Answer> {
  readonly cause: DoseCause;
  readonly direction: Direction;
  /** One spelling of its body, so that a repetition is recognised. */
  readonly spelling: string;
  requestedMl(pump: PumpRecord): number;
  /** Reads only; call it in a transaction. */
  judge(pump: PumpRecord): Admitted<Plan> | Refusal;
  /** Latest instant at which it may start, ms since 1970. */
  startBeforeMs(acceptedAtMs: number, admitted: Admitted<Plan>): number;
  answer(acceptance: Acceptance, admitted: Admitted<Plan>): Answer;
}

const directionOf = ({ direction }: { readonly direction?: Direction | undefined }): Direction =>
  direction ?? 'forward';

export function doseOrder(
  ports: JudgingPorts,
  request: DoseRequest,
  cause: DoseCause,
): OrderKind<DosePlan, DoseAccepted> {
  const { volume_ml, duration_s } = request;
  const direction = directionOf(request);
  return {
    cause,
    direction,
    spelling: JSON.stringify({ volume_ml, duration_s: duration_s ?? null, direction }),
    requestedMl: () => volume_ml,
    judge: (pump) =>
      admit(ports, pump, {
        volumeMl: volume_ml,
        direction,
        ...(duration_s !== undefined && { durationS: duration_s }),
      }),
    startBeforeMs: (acceptedAtMs, { mustWait, apartMs }) =>
      acceptedAtMs + apartMs + (mustWait ? QUEUED_WINDOW_MS : DIRECT_WINDOW_MS),
    answer: ({ dose_id, pump_id, accepted_at_ms }, { plan, mustWait }) => ({
      dose_id,
      pump_id,
      state: mustWait ? 'queued' : 'accepted',
      volume_ml: plan.volumeMl,
      duration_s: plan.durationS,
      rate_ml_min: plan.rateMlPerMin,
      pulses: plan.motion.pulses,
      error_pct: plan.errorPct,
      accepted_at: timestamp(accepted_at_ms),
    }),
  };
}

/** The same order, which may not begin after an instant that whoever asked named. */
export const expiring = <Plan, Answer>(
  order: OrderKind<Plan, Answer>,
  expiresAtMs: number,
): OrderKind<Plan, Answer> => ({
  ...order,
  startBeforeMs: (acceptedAtMs, admitted) => Math.min(expiresAtMs, order.startBeforeMs(acceptedAtMs, admitted)),
});

/** A dose that the calendar asks for: it may wait until its window is over. */
export const dueOrder = (
  ports: JudgingPorts,
  { volumeMl, durationS, startBeforeMs }: Pick<CalendarDose, 'volumeMl' | 'durationS' | 'startBeforeMs'>,
): OrderKind<DosePlan, DoseAccepted> => ({
  ...doseOrder(ports, { volume_ml: volumeMl, ...(durationS !== null && { duration_s: durationS }) }, 'schedule'),
  startBeforeMs: () => startBeforeMs,
});

/** A run of `seconds` whose volume somebody measures: like a prime it is judged at the most that the pump may give. */
export const calibrationOrder = (
  ports: PrimePorts,
  { channelId, seconds }: { readonly channelId: number; readonly seconds: number },
): OrderKind<PrimePlan, CalibrationRunStarted> => ({
  ...primeOrder(ports, { max_s: seconds }),
  cause: 'calibration',
  spelling: JSON.stringify({ calibration_s: seconds }),
  startBeforeMs: (acceptedAtMs) => acceptedAtMs + DIRECT_WINDOW_MS,
  answer: ({ dose_id }, { plan }) => ({
    run_id: dose_id,
    channel_id: channelId,
    state: 'accepted',
    duration_s: plan.durationS,
  }),
});

/** A run of a guided calibration: a speed, and how long the pump turns at it. */
export const sessionRunOrder = (
  ports: PrimePorts,
  order: CalibrationRunOrder,
): OrderKind<CalibrationRunPlan, SessionRunStarted> => ({
  ...CALIBRATION_ORDER,
  spelling: JSON.stringify({ rpm: order.rpm ?? null, duration_s: order.turningS }),
  requestedMl: ({ maxRateMlPerMin }) => (maxRateMlPerMin * order.turningS) / 60,
  judge: (pump) => admitCalibrationRun(ports, pump, order),
  answer: ({ dose_id }, { plan }) => runStarted(dose_id, plan, plan.revolutions),
});

/** A dose through a calibration that is not in use yet, to be measured. */
export const verificationOrder = (
  ports: PrimePorts,
  volumeMl: number,
  candidate: Candidate,
): OrderKind<DosePlan, SessionRunStarted> => ({
  ...CALIBRATION_ORDER,
  spelling: JSON.stringify({ verify_ml: volumeMl, calibration_id: candidate.calibrationId }),
  requestedMl: () => volumeMl,
  judge: (pump) => admitVerification(ports, pump, volumeMl, candidate),
  answer: ({ dose_id }, { plan }) => runStarted(dose_id, plan, plan.volumeMl / plan.mlPerRev),
});

const CALIBRATION_ORDER = {
  cause: 'calibration',
  direction: 'forward',
  startBeforeMs: (acceptedAtMs: number) => acceptedAtMs + DIRECT_WINDOW_MS,
} as const;

const runStarted = (
  runId: string,
  { rpm, durationS }: Pick<DosePlan, 'rpm' | 'durationS'>,
  revolutions: number,
): SessionRunStarted => ({ run_id: runId, state: 'accepted', rpm, revolutions, duration_s: durationS });

/** The most that the pump may give stands for the volume that nobody has named. */
export function primeOrder(ports: PrimePorts, request: PrimeRequest): OrderKind<PrimePlan, PrimeStarted> {
  const { max_s } = request;
  const direction = directionOf(request);
  return {
    cause: 'prime',
    direction,
    spelling: JSON.stringify({ prime_max_s: max_s, direction }),
    requestedMl: ({ maxRateMlPerMin }) => (maxRateMlPerMin * max_s) / 60,
    judge: (pump) => admitPrime(ports, pump, { maxS: max_s, direction }),
    startBeforeMs: (acceptedAtMs) => acceptedAtMs + HOLD_MS,
    answer: ({ dose_id, pump_id }, { plan }) => ({
      dose_id,
      pump_id,
      state: 'accepted',
      hold_ms: HOLD_MS,
      max_s,
      rate_ml_min: plan.rateMlPerMin,
    }),
  };
}
