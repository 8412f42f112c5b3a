import type { Clock } from '@perista/core';
import type { EventBus } from '../events/event-bus.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import { leavesPlans } from './leaves-plans.ts';
import type { PlannedDose, PlannedDoses } from './planned-doses.ts';

/** An answer stands so long, unless plans change or its dose is due. */
const STANDS_MS = 60_000;

interface Kept {
  readonly next: PlannedDose | null;
  readonly untilMs: number;
}

/** What each pump will be asked for next by the calendar. */
export class NextDoses {
  readonly #ports: { readonly clock: Clock; readonly planned: PlannedDoses };
  readonly #kept = new Map<string, Kept>();

  constructor(ports: { readonly clock: Clock; readonly planned: PlannedDoses; readonly bus: EventBus }) {
    this.#ports = ports;
    ports.bus.subscribe(this, 'event', ({ kind }) => {
      if (!leavesPlans(kind)) this.#kept.clear();
    });
  }

  /** Null if nothing is planned for it. */
  of(pump: PumpRecord): PlannedDose | null {
    const { clock, planned } = this.#ports;
    const { pumpId } = pump;
    const kept = this.#kept.get(pumpId);
    const nowMs = clock.wallMs();
    const isDue = kept !== undefined && kept.next !== null && kept.next.atMs <= nowMs;
    if (kept !== undefined && !isDue && clock.monotonicMs() < kept.untilMs) return kept.next;
    const next = planned.next(pump, nowMs + 1);
    this.#kept.set(pumpId, { next, untilMs: clock.monotonicMs() + STANDS_MS });
    return next;
  }
}
