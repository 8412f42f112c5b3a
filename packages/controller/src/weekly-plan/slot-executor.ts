import {
  type Cancel,
  type Clock,
  callSlot,
  dosesAWeek,
  isPeristaError,
  type Log,
  SLOT_WINDOW_MS,
  slotDoseId,
  slotsBetween,
} from '@perista/core';
import type { DoseService } from '../dosing/dose-service.ts';
import type { SlotDose } from '../dosing/order-kinds.ts';
import { DAY_MS } from '../ledger/durations.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { failureFields } from '../log-fields.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { EventLog } from '../services.ts';
import type { ChannelPlanStore } from './channel-plan-store.ts';
import { CHANNEL_COUNT, type Channel, channelsOf } from './channels.ts';
import { whyUntrusted } from './time-trust.ts';

/** The safety net: the plan is looked at this often even if the clock was set meanwhile. Seed section 5.4. */
const SWEEP_MS = 10_000;

/** Slots of at most this long are dealt with in one go; after years of standing still the rest follows at once. */
const MOST_AT_ONCE_MS = 31 * DAY_MS;

export interface SlotExecutorPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly pumps: PumpStore;
  readonly plans: ChannelPlanStore;
  readonly doses: Pick<DoseService, 'orderSlot' | 'missSlot'>;
  readonly timeKeeper: Pick<TimeKeeper, 'highWaterMs'>;
  readonly events: Pick<EventLog, 'append'>;
}

/** What one channel is due. */
interface Look {
  readonly pumpId: string;
  readonly slots: readonly SlotDose[];
  /** All that was due before is in `slots`, or has its dose; ms since 1970. */
  readonly untilMs: number;
  /** How long until it is to be looked at again, ms; 0 if more of the past is to be dealt with. */
  readonly waitMs: number;
}

/**
 * Orders the doses of all weekly plans as they fall due, and writes down those whose window passed unattended. A slot
 * has one dose id for ever, so whatever restarts between its order and the note that it was dealt with repeats nothing.
 */
export class SlotExecutor {
  readonly #ports: SlotExecutorPorts;
  #cancel: Cancel = () => {};
  #isUntrusted = false;
  #isStopped = false;

  constructor(ports: SlotExecutorPorts) {
    this.#ports = ports;
  }

  /** Why nothing is dosed by itself, in words, or null. */
  get untrusted(): string | null {
    return whyUntrusted(this.#ports.clock.wallMs(), this.#ports.timeKeeper.highWaterMs());
  }

  /** Looks at all plans now, and again when the next slot is due. */
  look(): void {
    if (this.#isStopped) return;
    this.#cancel();
    let waitMs = SWEEP_MS;
    try {
      waitMs = this.#sweep();
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(failureFields(error), 'the weekly plan could not be looked at');
    }
    this.#cancel = this.#ports.clock.after(waitMs, () => this.look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** Deals with all that is due. What a changed plan would have asked for earlier is never asked for. */
  settleDue(): void {
    while (this.#sweep() === 0);
  }

  /** How long until the next look, ms. */
  #sweep(): number {
    const { clock } = this.#ports;
    if (!this.#isTrusted()) return SWEEP_MS;
    const nowMs = Math.floor(clock.wallMs());
    const looks = channelsOf(this.#ports.pumps).flatMap((channel) => this.#lookAt(channel, nowMs));
    const due = looks.flatMap(({ slots }) => slots).sort((a, b) => a.dueMs - b.dueMs);
    for (const slot of due) {
      if (callSlot(slot.dueMs, nowMs) === 'due') this.#ports.doses.orderSlot(slot);
      else this.#ports.doses.missSlot(slot);
    }
    for (const { pumpId, slots, untilMs } of looks) {
      if (slots.length > 0 || untilMs <= nowMs) this.#ports.plans.markDecided(pumpId, untilMs);
    }
    return Math.min(SWEEP_MS, ...looks.map(({ waitMs }) => waitMs));
  }

  /** What a channel is due; none where its plan is off. */
  #lookAt({ id, pump: { pumpId } }: Channel, nowMs: number): Look[] {
    const plan = this.#ports.plans.of(pumpId);
    if (!plan.enabled) return [];
    const place = { channel: id, channelCount: CHANNEL_COUNT };
    const untilMs = Math.min(nowMs + 1, plan.decidedUntilMs + MOST_AT_ONCE_MS);
    const slots = slotsBetween(plan, place, plan.decidedUntilMs, untilMs).map(({ slot, dueMs }) => ({
      doseId: slotDoseId(pumpId, slot),
      pumpId,
      volumeMl: plan.weeklyMl / dosesAWeek(plan),
      dueMs,
      startBeforeMs: dueMs + SLOT_WINDOW_MS,
    }));
    const [next] = slotsBetween(plan, place, nowMs + 1, nowMs + SWEEP_MS);
    const waitMs = untilMs <= nowMs ? 0 : (next?.dueMs ?? nowMs + SWEEP_MS) - nowMs;
    return [{ pumpId, slots, untilMs, waitMs }];
  }

  /** Tells once when the clock stops being trusted, and once when it is again. */
  #isTrusted(): boolean {
    const reason = this.untrusted;
    const isUntrusted = reason !== null;
    if (isUntrusted !== this.#isUntrusted) {
      this.#isUntrusted = isUntrusted;
      if (isUntrusted) this.#ports.events.append({ kind: 'clock_untrusted', severity: 'alarm', data: { reason } });
      else this.#ports.events.append({ kind: 'clock_trusted' });
    }
    return !isUntrusted;
  }
}
