import type { Separation } from '@perista/core';
import type { Store } from '../store/store.ts';

/** Which pumps are kept apart, and by how many minutes. */
export class SeparationStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Pairs of pumps that there are; those of removed pumps stay written and count for nothing. */
  list(): Separation[] {
    return this.#store
      .all<{ pump_a: string; pump_b: string; minutes: number }>(
        `SELECT s.* FROM separations s JOIN pumps a ON a.pump_id = pump_a JOIN pumps b ON b.pump_id = pump_b
         WHERE a.removed_at_ms IS NULL AND b.removed_at_ms IS NULL ORDER BY pump_a, pump_b`,
      )
      .map(({ pump_a, pump_b, minutes }) => ({ pumps: [pump_a, pump_b], minutes }));
  }

  /** The whole matrix anew; call it in a transaction. */
  replace(separations: readonly Separation[]): void {
    this.#store.run('DELETE FROM separations');
    for (const { pumps, minutes } of separations) {
      const [a, b] = pumps.toSorted();
      this.#store.run('INSERT INTO separations (pump_a, pump_b, minutes) VALUES (?, ?, ?)', a ?? '', b ?? '', minutes);
    }
  }
}
