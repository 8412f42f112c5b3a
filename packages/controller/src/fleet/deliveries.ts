import type { Cancel, Clock, Log } from '@perista/core';
import { tolerant } from '../background.ts';
import type { FleetBook } from './fleet-book.ts';

/** What a device told is on the disk after this at the latest. */
const WRITTEN_EACH_MS = 5_000;

/**
 * How much devices told that they gave, ml. Each of them tells once a second: what is newest is kept here and written
 * down for all of them at once, so that a server that dies knows less, and never more than was given.
 */
export class Deliveries {
  readonly #ports: { readonly book: FleetBook; readonly clock: Clock; readonly log: Log };
  readonly #newest = new Map<string, number>();
  #timer: Cancel | null = null;

  constructor(ports: { readonly book: FleetBook; readonly clock: Clock; readonly log: Log }) {
    this.#ports = ports;
  }

  /** Writes down what is not written yet. */
  stop(): void {
    this.#timer?.();
    this.#write();
  }

  note(infusionId: string, deliveredMl: number): void {
    this.#newest.set(infusionId, deliveredMl);
    this.#timer ??= this.#ports.clock.after(WRITTEN_EACH_MS, () => this.#write());
  }

  /** What was told last and is not written yet; whoever takes it writes it. */
  take(infusionId: string): number | undefined {
    const deliveredMl = this.#newest.get(infusionId);
    this.#newest.delete(infusionId);
    return deliveredMl;
  }

  #write(): void {
    this.#timer = null;
    const { book, log } = this.#ports;
    tolerant(log, 'note how much devices gave', () => {
      book.change(() => {
        for (const [infusionId, ml] of this.#newest) book.infusions.noteDelivered(infusionId, ml);
      });
      this.#newest.clear();
    });
  }
}
