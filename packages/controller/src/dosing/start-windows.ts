import type { Cancel, Clock } from '@perista/core';
import type { DoseRow } from '../ledger/dose-row.ts';

interface Window {
  readonly endMs: number;
  readonly cancel: Cancel;
  isOver: boolean;
}

/**
 * How long waiting doses may still start. The ledger holds instants of the calendar, for restarts; within a run the
 * monotonic clock counts, and no step of the wall clock makes a window longer than it was meant to be.
 */
export class StartWindows {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** Time left in the dose's window, ms; 0 when it is over. */
  leftMs(dose: DoseRow): number {
    const window = this.#windows.get(dose.dose_id) ?? this.#open(dose);
    return window.isOver ? 0 : Math.max(0, window.endMs - this.#clock.monotonicMs());
  }

  /** Forgets all others. */
  keep(doseIds: ReadonlySet<string>): void {
    for (const [doseId, { cancel }] of this.#windows) {
      if (doseIds.has(doseId)) continue;
      cancel();
      this.#windows.delete(doseId);
    }
  }

  stop(): void {
    this.keep(new Set());
  }

  #open({ dose_id, start_before_ms, accepted_at_ms }: DoseRow): Window {
    const endWallMs = start_before_ms ?? accepted_at_ms;
    const leftMs = Math.max(0, Math.min(endWallMs - this.#clock.wallMs(), endWallMs - accepted_at_ms));
    const onOver = () => {
      window.isOver = true;
      this.#onOver();
    };
    const endMs = this.#clock.monotonicMs() + leftMs;
    const window: Window = { endMs, cancel: this.#clock.after(leftMs, onOver), isOver: leftMs === 0 };
    this.#windows.set(dose_id, window);
    return window;
  }
}
