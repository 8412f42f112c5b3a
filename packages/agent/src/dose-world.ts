import type { Claim, Clock, DoseFailure, Log, StopWish } from '@perista/core';
import type { PumpDriver } from '@perista/drivers';
import type { DoseJournal } from './journal/dose-journal.ts';
import type { EndedDose } from './journal/dose-record.ts';

/** What a dose needs of the pump that it runs on. */
export interface DoseWorld {
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: DoseJournal;
  readonly driver: PumpDriver;
  /** Waits for whoever reads the board now; held until the dose is over. */
  claimBoard(): Claim;
  /** The dose came a step further, or its pump does something else now. */
  onChange(): void;
  /** Stop was sent and standstill not seen; it is tried again. */
  onUnproven(failure: DoseFailure): void;
  onBroken(bug: unknown): void;
}

/** What came of the order first: motion began, it ended before motion, or it was given up without a trace. */
export type DoseBeginning =
  | { readonly kind: 'moving' }
  | { readonly kind: 'ended'; readonly dose: EndedDose }
  | { readonly kind: 'not-started'; readonly wish: StopWish };

/** How a dose is over: recorded, or given up before START, when nothing moved. */
export type DoseOutcome = Exclude<DoseBeginning, { kind: 'moving' }>;

export interface DoseProgress {
  readonly doseId: string;
  readonly pumpId: string;
  readonly deliveredMl: number;
  readonly elapsedMs: number;
  readonly remainingMs: number;
}
