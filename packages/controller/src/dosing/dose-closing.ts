import { type EndCause, ERRORS, type ErrorCode, plainReason } from '@perista/core';
import type { DoseClosing } from '../ledger/dose-row.ts';

/** END of a dose as the agent recorded it. */
export interface DoseEnding {
  readonly cause: EndCause;
  readonly loMl: number;
  readonly hiMl: number;
  /** What the shaft was seen to turn, in ml through the dose's calibration; null where that is a range only. */
  readonly seenMl: number | null;
  /** Of a fault, and of a stop that was not asked for. */
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null;
  readonly durationMs: number;
}

/** An outcome counts as known when it is a range no wider than this: a hundredth of the dose, or a drop. */
const KNOWN_WITHIN_PART = 0.01;
const KNOWN_WITHIN_ML = 0.05;

/** A dose that was cut off this close to its end was given. */
const GIVEN_WITHIN_PART = 0.01;

const REASONS: Readonly<Record<Exclude<EndCause, 'target' | 'fault'>, { reason: string; code: ErrorCode | null }>> = {
  stop: { reason: plainReason('stopped'), code: null },
  'emergency-stop': { reason: 'The emergency stop ended it.', code: 'E430' },
  'lease-lost': { reason: 'The agent lost touch with the controller and stopped the pump.', code: 'E206' },
  cap: { reason: plainReason('cap'), code: null },
  recovered: { reason: plainReason('recovered'), code: null },
};

/** What the ledger writes of a dose of `plannedMl` when its END is known. */
export function closingOf(ending: DoseEnding, plannedMl: number, stoppedBy: string | null): DoseClosing {
  const { loMl, hiMl, seenMl } = ending;
  const { reason, code } = reasonOf(ending, stoppedBy);
  const toleranceMl = Math.max(plannedMl * KNOWN_WITHIN_PART, KNOWN_WITHIN_ML);
  if (seenMl === null && hiMl - loMl > toleranceMl) {
    const words = plainReason('range', { lo: loMl.toFixed(3), hi: hiMl.toFixed(3) });
    return { state: 'uncertain', loMl, hiMl, deliveredMl: null, reason: joinReasons(reason, words), code };
  }
  const known = { loMl, hiMl, deliveredMl: seenMl ?? (loMl + hiMl) / 2, reason, code };
  if (ending.cause === 'target') return { ...known, state: 'done' };
  if (isHarmless(ending) && loMl >= plannedMl * (1 - GIVEN_WITHIN_PART)) return { ...known, state: 'done' };
  if (hiMl > 0) return { ...known, state: 'partial' };
  if (ending.cause === 'stop' || ending.cause === 'emergency-stop') return { ...known, state: 'cancelled' };
  return { ...known, state: isPumpFault(ending) || ending.cause !== 'fault' ? 'partial' : 'missed' };
}

/** Whether the END tells of a fault of the pump, and not only of this order. */
export const isPumpFault = ({ cause, failure }: DoseEnding): boolean =>
  cause === 'fault' && failure !== null && ERRORS[failure.code].severity === 'fault';

/** Ends that do not put the volume in doubt: what was measured is the dose. */
const isHarmless = ({ cause }: DoseEnding): boolean => cause !== 'fault' && cause !== 'cap';

function reasonOf({ cause, failure }: DoseEnding, stoppedBy: string | null): Pick<DoseClosing, 'reason' | 'code'> {
  if (cause === 'target') return { reason: null, code: null };
  if (cause === 'fault') return { reason: failure?.message ?? 'The pump had a fault.', code: failure?.code ?? null };
  if (failure !== null) return { reason: failure.message, code: failure.code };
  if (cause === 'stop' && stoppedBy !== null)
    return { reason: plainReason('stopped-by', { who: stoppedBy }), code: null };
  return REASONS[cause];
}

/** One sentence after another. */
export const joinReasons = (reason: string | null, words: string): string =>
  reason === null ? words : `${reason.replace(/\.?$/, '.')} ${words}`;
