import type { Direction, DosePlan, PrimePlan, Refusal } from '@perista/core';
import type { DoseAccepted, DoseCause, DoseRequest, PrimeRequest, PrimeStarted } from '@perista/protocol/api';
import { HOLD_MS } from '../agent-link/leases.ts';
import type { DoseIntent } from '../ledger/dose-row.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import { type AdmissionPorts, type Admitted, admit, admitPrime, type PrimePorts } from './admission.ts';

/** How long after its acceptance an order may still start, at once or from the queue. */
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
  /** How long after its acceptance it may still start, ms. */
  windowMs(admitted: Admitted<Plan>): number;
  answer(acceptance: Acceptance, admitted: Admitted<Plan>): Answer;
}

const directionOf = ({ direction }: { readonly direction?: Direction | undefined }): Direction =>
  direction ?? 'forward';

export function doseOrder(
  ports: AdmissionPorts,
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
    windowMs: ({ mustWait }) => (mustWait ? QUEUED_WINDOW_MS : DIRECT_WINDOW_MS),
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
    windowMs: () => HOLD_MS,
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
