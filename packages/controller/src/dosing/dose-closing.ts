import { type EndCause, ERRORS, type ErrorCode } from '@perista/core';
import type { DoseClosing } from '../ledger/dose-row.ts';

/** END of a dose as the agent recorded it. */
export interface DoseEnding {
  readonly cause: EndCause;
  readonly loMl: number;
  readonly hiMl: number;
  /** What the shaft was seen to turn, in ml through the dose's calibration; null where that is a range only. */
  readonly seenMl: number | null;
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null;
  readonly durationMs: number;
}

/** An outcome counts as known when it is a range no wider than this: a hundredth of the dose, or a drop. */
const KNOWN_WITHIN_PART = 0.01;
const KNOWN_WITHIN_ML = 0.05;

/** A dose that was cut off this close to its end was given. */
const GIVEN_WITHIN_PART = 0.01;

const REASONS: Readonly<Record<Exclude<EndCause, 'target' | 'fault'>, { reason: string; code: ErrorCode | null }>> = {
  stop: { reason: 'The agent ended it because it was told to stop.', code: null },
  'emergency-stop': { reason: 'The emergency stop ended it.', code: 'E430' },
  'lease-lost': { reason: 'The agent lost touch with the controller and stopped the pump.', code: 'E206' },
  cap: { reason: 'It reached the hard limit of the agent, which stopped the pump.', code: null },
  recovered: { reason: 'The agent was cut off during the dose and measured afterwards what was given.', code: null },
};

/** What the ledger writes of a dose of `plannedMl` when its END is known. */
export function closingOf(ending: DoseEnding, plannedMl: number, stoppedBy: string | null): DoseClosing {
  const { loMl, hiMl, seenMl } = ending;
  const { reason, code } = reasonOf(ending, stoppedBy);
  const toleranceMl = Math.max(plannedMl * KNOWN_WITHIN_PART, KNOWN_WITHIN_ML);
  if (seenMl === null && hiMl - loMl > toleranceMl) {
    const words = `Between ${loMl.toFixed(3)} and ${hiMl.toFixed(3)} ml were given; more cannot be known.`;
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
  if (cause === 'stop' && stoppedBy !== null) return { reason: `It was stopped by ${stoppedBy}.`, code: null };
  return REASONS[cause];
}

/** One sentence after another. */
export const joinReasons = (reason: string | null, words: string): string =>
  reason === null ? words : `${reason.replace(/\.?$/, '.')} ${words}`;
