import { type EndCause, formatNumber, plainReason } from '@perista/core';
import type { DoseClosing } from '../ledger/dose-row.ts';
import { closingOf, type DoseEnding, joinReasons } from './dose-closing.ts';

export interface PrimeTerms {
  /** The most that it might have given, ml. */
  readonly plannedMl: number;
  /** Who told it to stop; null if nobody did. */
  readonly stoppedBy: string | null;
  /** Whose button it was. */
  readonly heldBy: string;
  /** False: its volumes are the most that it can have given. */
  readonly isMeasured: boolean;
}

const FULL_TIME = plainReason('full-time');
const LET_GO_EARLY = plainReason('let-go-early');

/** A prime is to turn until it is let go: each of these is its success. */
const GOOD_ENDS: Partial<Readonly<Record<EndCause, string | null>>> = {
  stop: null,
  'lease-lost': plainReason('not-held'),
  target: FULL_TIME,
  cap: FULL_TIME,
};

/** What the ledger writes of a prime when its END is known. Faults, the emergency stop and crashes count as for any dose. */
export function primeClosingOf(ending: DoseEnding, terms: PrimeTerms): DoseClosing {
  const closing = closingOf(ending, terms.plannedMl, terms.stoppedBy);
  const wellClosed = closing.state === 'uncertain' ? closing : closedWell(closing, ending.cause, terms);
  return terms.isMeasured || closing.hiMl === 0 ? wellClosed : withoutVolume(wellClosed);
}

function closedWell(closing: DoseClosing, cause: EndCause, { stoppedBy, heldBy }: PrimeTerms): DoseClosing {
  const words = GOOD_ENDS[cause];
  if (words === undefined) return closing;
  const isOthersStop = cause === 'stop' && stoppedBy !== null && stoppedBy !== heldBy;
  const reason = isOthersStop ? closing.reason : words;
  return closing.hiMl > 0
    ? { ...closing, state: 'done', reason, code: null }
    : { ...closing, state: 'cancelled', reason: reason ?? LET_GO_EARLY, code: null };
}

/** The turns are known and what they gave is not: anything from nothing to the most that they could. */
export function withoutVolume(closing: DoseClosing): DoseClosing {
  const words = plainReason('uncalibrated', { hi: formatNumber(closing.hiMl) });
  return { ...closing, loMl: 0, deliveredMl: null, reason: joinReasons(closing.reason, words) };
}
