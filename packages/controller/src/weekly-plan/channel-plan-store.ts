import { type ChannelPlan, EVERY_DAY, MOST_CHANNELS } from '@perista/core';
import type { Store } from '../store/store.ts';

/** The plan of one pump, and how far its slots have been dealt with. */
export interface StoredPlan extends ChannelPlan {
  readonly enabled: boolean;
  /** Channels of the unit, among which the half days are shared: 1 to 6. */
  readonly channelCount: number;
  /** Each slot that was due before this instant has its dose, or was never planned; ms since 1970. */
  readonly decidedUntilMs: number;
}

interface PlanRow {
  readonly enabled: number;
  readonly days: number;
  readonly doses_a_day: 1 | 2;
  readonly weekly_ml: number;
  readonly decided_until_ms: number;
}

/** A channel nobody has planned yet: it never doses by itself. */
export const UNPLANNED = {
  enabled: false,
  days: EVERY_DAY,
  dosesADay: 1,
  weeklyMl: 0,
  decidedUntilMs: 0,
} as const satisfies Omit<StoredPlan, 'channelCount'>;

export class ChannelPlanStore {
  /** The same for all plans. */
  channelCount = MOST_CHANNELS;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  of(pumpId: string): StoredPlan {
    const row = this.#store.get<PlanRow>('SELECT * FROM channel_plans WHERE pump_id = ?', pumpId);
    const { channelCount } = this;
    if (row === undefined) return { ...UNPLANNED, channelCount };
    return {
      channelCount,
      enabled: row.enabled === 1,
      days: row.days,
      dosesADay: row.doses_a_day,
      weeklyMl: row.weekly_ml,
      decidedUntilMs: row.decided_until_ms,
    };
  }

  /** Whether a plan was ever kept here. */
  hasAny(): boolean {
    return this.#store.get('SELECT 1 FROM channel_plans LIMIT 1') !== undefined;
  }

  save(pumpId: string, plan: StoredPlan): void {
    this.#store.run(
      `INSERT INTO channel_plans (pump_id, enabled, days, doses_a_day, weekly_ml, decided_until_ms)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (pump_id) DO UPDATE SET enabled = excluded.enabled, days = excluded.days,
         doses_a_day = excluded.doses_a_day, weekly_ml = excluded.weekly_ml,
         decided_until_ms = max(decided_until_ms, excluded.decided_until_ms)`,
      pumpId,
      Number(plan.enabled),
      plan.days,
      plan.dosesADay,
      plan.weeklyMl,
      plan.decidedUntilMs,
    );
  }

  /** The clock went on too far: what it passed over and has no dose is due again. */
  reopen(nowMs: number): void {
    this.#store.run('UPDATE channel_plans SET decided_until_ms = min(decided_until_ms, ?)', nowMs);
  }

  markAllDecided(untilMs: number): void {
    this.#store.run('UPDATE channel_plans SET decided_until_ms = max(decided_until_ms, ?)', untilMs);
  }

  /** Never goes back, whatever the clock does. */
  markDecided(pumpId: string, untilMs: number): void {
    this.#store.run(
      'UPDATE channel_plans SET decided_until_ms = max(decided_until_ms, ?) WHERE pump_id = ?',
      untilMs,
      pumpId,
    );
  }
}
