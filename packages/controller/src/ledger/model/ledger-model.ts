import type { Dose, PumpLimits } from '@perista/protocol/api';
import type { OrderOutcome } from '../../services.ts';

export const PUMPS = ['a', 'b'] as const;
export type PumpId = (typeof PUMPS)[number];

export const FIRST_LIMITS: PumpLimits = { single_ml: 10, duration_s: 600, hour_ml: 25, day_ml: 60, week_ml: 120 };

/** An order as it was sent. */
export interface Order {
  readonly pumpId: PumpId;
  readonly key: string;
  readonly ml: number;
}

/** What whoever uses the ledger may rely on, and nothing of how it is done. */
export interface LedgerModel {
  /** First answer to each order, by pump and key: it stands for ever. */
  readonly answers: Map<string, { readonly order: Order; readonly outcome: OrderOutcome }>;
  /** Doses as they were when they had ended: nothing about them changes any more. */
  readonly ended: Map<string, Dose>;
  /** Doses that an acknowledged stop forbade to move. */
  readonly stopped: Set<string>;
  readonly limits: Record<PumpId, PumpLimits>;
  /** Whether the emergency stop is latched; null where an error left that open. */
  isLatched: boolean | null;
}

export const newModel = (): LedgerModel => ({
  answers: new Map(),
  ended: new Map(),
  stopped: new Set(),
  limits: { a: FIRST_LIMITS, b: FIRST_LIMITS },
  isLatched: false,
});

export const nameOf = ({ pumpId, key }: Order) => `${pumpId}/${key}`;

export const doseIdOf = (outcome: OrderOutcome): string =>
  outcome.kind === 'accepted' ? outcome.answer.dose_id : outcome.doseId;
