import { dosesAWeek, SLOT_WINDOW_MS, slotDoseId, slotsBetween } from '@perista/core';
import { WEEK_MS } from '../ledger/durations.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { AskingPlan, CalendarDose, DuePlan, PlanSource } from '../schedules/calendar-dose.ts';
import type { ChannelPlanStore, StoredPlan } from './channel-plan-store.ts';
import { type Channel, channelsOf } from './channels.ts';

/** The weekly plans of the relay channels, as doses. */
export class ChannelPlanSource implements PlanSource {
  readonly #pumps: Pick<PumpStore, 'list'>;
  readonly #plans: ChannelPlanStore;

  constructor({ pumps, plans }: { pumps: Pick<PumpStore, 'list'>; plans: ChannelPlanStore }) {
    this.#pumps = pumps;
    this.#plans = plans;
  }

  plans(): DuePlan[] {
    return channelsOf(this.#pumps).flatMap(({ pump }) => this.plansOf(pump));
  }

  plansOf(pump: PumpRecord): DuePlan[] {
    const { pumpId, hardware } = pump;
    if (hardware.kind !== 'relay') return [];
    const plan = this.#plans.of(pumpId);
    if (!plan.enabled) return [];
    const markDecided = (untilMs: number) => this.#plans.markDecided(pumpId, untilMs);
    return [{ ...channelPlan({ id: hardware.channel, pump }, plan), markDecided }];
  }
}

/** The plan of a channel as the executor reads it. */
export const channelPlan = (channel: Channel, plan: StoredPlan): AskingPlan => ({
  pumpId: channel.pump.pumpId,
  decidedUntilMs: plan.decidedUntilMs,
  dosesFrom: (fromMs) => slotDoses(channel, plan, fromMs),
});

/** A plan that is on has a day in each week. */
function* slotDoses(channel: Channel, plan: StoredPlan, fromMs: number): Generator<CalendarDose> {
  const { pumpId } = channel.pump;
  const place = { channel: channel.id, channelCount: plan.channelCount };
  for (let weekMs = fromMs; ; weekMs += WEEK_MS) {
    for (const { slot, dueMs } of slotsBetween(plan, place, weekMs, weekMs + WEEK_MS)) {
      yield {
        doseId: slotDoseId(pumpId, slot),
        pumpId,
        volumeMl: plan.weeklyMl / dosesAWeek(plan),
        durationS: null,
        dueMs,
        startBeforeMs: dueMs + SLOT_WINDOW_MS,
        missedPolicy: 'late',
        scheduleId: null,
      };
    }
  }
}
