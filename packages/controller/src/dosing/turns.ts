import { earliestStart, type HeldApart, type PumpEnd, type Refusal, refusals, type Separation } from '@perista/core';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { SeparationStore } from '../separation/separation-store.ts';
import type { RunningDoses } from './running-doses.ts';

export interface TurnsPorts {
  readonly doses: Pick<DoseStore, 'open' | 'lastMotionEndMs'>;
  readonly separations: Pick<SeparationStore, 'list'>;
  readonly chargeClock: ChargeClock;
  readonly running: Pick<RunningDoses, 'progress'>;
  /** Whether it is known how much time passed between what the ledger tells of earlier lives and this one. */
  readonly isPastTrusted: boolean;
}

/** What keeps a pump apart from others, and for how long from now, ms. */
export interface Wait {
  readonly held: HeldApart;
  readonly leftMs: number;
}

/**
 * Whose turn it is among pumps that are kept apart. Ends are those of the ledger, on the clock by which caps age, which
 * nobody can set. Without a clock to trust, doses of earlier lives count as if they had ended when this one began.
 */
export class Turns {
  readonly #ports: TurnsPorts;
  readonly #bornMs: number;

  constructor(ports: TurnsPorts) {
    this.#ports = ports;
    this.#bornMs = ports.chargeClock.nowMs();
  }

  /** The pairs, and when what is over ended, on the charge clock. */
  past(): Past {
    const { separations, chargeClock } = this.#ports;
    const chosen = separations.list();
    return { separations: chosen, ends: this.#pastEnds(chosen, chargeClock.nowMs()) };
  }

  /** One look at the queue: tell it what starts or waits, in order. */
  look(open: readonly DoseRow[]): Round {
    const round = new Round(this.past(), this.#ports.chargeClock.nowMs());
    for (const dose of open) if (dose.sent_epoch !== null) round.add(dose, this.#remainingMs(dose));
    return round;
  }

  /** What a new dose of `pumpId` would wait for. */
  waitOfNew(pumpId: string): Wait | null {
    return this.behind(this.#ports.doses.open()).waitOf(pumpId);
  }

  /** The queue as a new dose finds it: all that is over, runs, or waits before it. */
  behind(open: readonly DoseRow[]): Round {
    const round = this.look(open);
    for (const dose of open) {
      const wait = dose.sent_epoch === null ? round.waitOf(dose.pump_id) : null;
      if (wait !== null) round.add(dose, wait.leftMs + durationMs(dose));
    }
    return round;
  }

  #pastEnds(chosen: readonly Separation[], nowMs: number): PumpEnd[] {
    const pumpIds = new Set(chosen.flatMap(({ pumps }) => pumps));
    return [...pumpIds].flatMap((pumpId) => {
      const endMs = this.#ports.doses.lastMotionEndMs(pumpId);
      if (endMs === null) return [];
      const latestMs = this.#ports.isPastTrusted ? endMs : Math.max(endMs, this.#bornMs);
      return [{ pumpId, endMs: Math.min(latestMs, nowMs) }];
    });
  }

  #remainingMs(dose: DoseRow): number {
    const remainingS = this.#ports.running.progress.get(dose.dose_id)?.remaining_s;
    return remainingS === undefined ? durationMs(dose) : remainingS * 1000;
  }
}

/** What is over, on the charge clock. */
export interface Past {
  readonly separations: readonly Separation[];
  readonly ends: readonly PumpEnd[];
}

/** One look at doses in their order, at one instant of the charge clock. */
export class Round {
  readonly #separations: readonly Separation[];
  readonly #nowMs: number;
  readonly #ends: PumpEnd[];

  constructor({ separations, ends }: Past, nowMs: number) {
    this.#separations = separations;
    this.#nowMs = nowMs;
    this.#ends = [...ends];
  }

  /** The dose runs, or comes before all that are asked about later: at the latest it ends `inMs` from now. */
  add({ pump_id }: Pick<DoseRow, 'pump_id'>, inMs: number): void {
    this.#ends.push({ pumpId: pump_id, endMs: this.#nowMs + inMs });
  }

  waitOf(pumpId: string): Wait | null {
    const others = this.#ends.filter((end) => end.pumpId !== pumpId);
    const held = earliestStart(pumpId, { separations: this.#separations }, others);
    return held === null || held.atMs <= this.#nowMs ? null : { held, leftMs: Math.ceil(held.atMs - this.#nowMs) };
  }
}

export const durationMs = ({ duration_s }: Pick<DoseRow, 'duration_s'>): number => (duration_s ?? 0) * 1000;

/** In words and code. */
export const refuseApart = (wait: Wait | null): Refusal | null =>
  wait === null ? null : refusals.keptApart(wait.held.waitsFor, wait.held.minutes, wait.leftMs / 1000);
