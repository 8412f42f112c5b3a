import type { Direction, DoseFailure, Encoder, EndCause, Travel, Waypoint } from '@perista/core';

/** START of the dose protocol: all that is needed to settle the dose without its controller. */
export interface DoseStart {
  readonly doseId: string;
  readonly pumpId: string;
  /** Decimal, as JSON knows no 64-bit integers. */
  readonly epoch: string;
  readonly e0: number;
  readonly targetCounts: number;
  readonly capCounts: number;
  readonly capMs: number;
  readonly direction: Direction;
  readonly mlPerRev: number;
  /** False where `mlPerRev` is the most that a turn can give. */
  readonly isCalibrated: boolean;
  /** What the board's position means; a board that says otherwise later cannot be read for this dose. */
  readonly encoder: Encoder;
  readonly startedAtWallMs: number;
}

/** END of the dose protocol. */
export interface DoseEnd {
  readonly cause: EndCause;
  readonly travel: Travel;
  readonly loMl: number;
  readonly hiMl: number;
  readonly failure: DoseFailure | null;
  /** Up to its last tick where the agent did not live through the motion. */
  readonly durationMs: number;
  readonly endedAtWallMs: number;
}

/** One dose as the journal holds it; open while `end` is null. */
export interface JournalledDose {
  readonly start: DoseStart;
  readonly end: DoseEnd | null;
  /** The controller has settled it. */
  readonly confirmed: boolean;
}

export type EndedDose = JournalledDose & { readonly end: DoseEnd };

/** The newest durable tick of a pump's ring. */
export interface JournalledTick {
  readonly doseId: string;
  readonly waypoint: Waypoint;
  /** Since the motion began. */
  readonly elapsedMs: number;
}

export const isEnded = (dose: JournalledDose): dose is EndedDose => dose.end !== null;
