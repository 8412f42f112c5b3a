import type { Store } from '@perista/controller';
import type { PlanInForce } from './slot-book.ts';

interface PlanRow {
  readonly pump_id: string;
  readonly enabled: number;
  readonly days: number;
  readonly doses_a_day: number;
  readonly weekly_ml: number;
}

/** Reads which weekly plans have changed in the books since it last looked. */
export class PlanReader {
  readonly #known = new Map<string, string>();
  #isStale = false;

  /** The books were replaced since it looked. */
  get isStale(): boolean {
    return this.#isStale;
  }

  changes(store: Store, channels: readonly { readonly pumpId: string; readonly channel: number }[]): PlanInForce[] {
    this.#isStale = false;
    const rows = store.all<PlanRow>('SELECT * FROM channel_plans ORDER BY pump_id');
    return rows.flatMap((row) => {
      const channel = channels.find(({ pumpId }) => pumpId === row.pump_id)?.channel;
      const { pump_id, enabled, days, doses_a_day, weekly_ml } = row;
      const shape = JSON.stringify([enabled, days, doses_a_day, weekly_ml]);
      if (channel === undefined || this.#known.get(pump_id) === shape) return [];
      this.#known.set(pump_id, shape);
      return [
        { pumpId: pump_id, channel, isEnabled: enabled === 1, days, dosesADay: doses_a_day, weeklyMl: weekly_ml },
      ];
    });
  }

  /** The books were replaced by older ones. */
  startOver(): void {
    this.#isStale = true;
    this.#known.clear();
  }
}
