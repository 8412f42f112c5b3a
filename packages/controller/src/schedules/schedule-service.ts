import { type Clock, type Random, randomHex } from '@perista/core';
import type { Dose, DoseQuery, NewSchedule, Schedule, SchedulePatch } from '@perista/protocol/api';
import type { DoseService } from '../dosing/dose-service.ts';
import type { DoseWithdrawal } from '../dosing/dose-withdrawal.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, EventLog, OrderOutcome, PageOf, Schedules } from '../services.ts';
import type { Store } from '../store/store.ts';
import { checkedSettings, differing } from './checked-settings.ts';
import type { DueExecutor } from './due-executor.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { scheduleView, settingsView } from './schedule-view.ts';

export interface ScheduleServicePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly schedules: ScheduleStore;
  readonly pumps: PumpStore;
  readonly doses: Pick<DoseStore, 'openOfPump'>;
  readonly orders: Pick<DoseService, 'order' | 'list'>;
  readonly withdrawal: Pick<DoseWithdrawal, 'withdraw'>;
  readonly executor: Pick<DueExecutor, 'settleDue' | 'look'>;
  readonly timeKeeper: Pick<TimeKeeper, 'latestMs'>;
  readonly events: Pick<EventLog, 'append'>;
  /** IANA zone of the site. */
  readonly timezone: string;
}

/** What is dosed by the calendar, as people keep it. */
export class ScheduleService implements Schedules {
  readonly #ports: ScheduleServicePorts;

  constructor(ports: ScheduleServicePorts) {
    this.#ports = ports;
  }

  list(): Schedule[] {
    return this.#ports.schedules.list().map((schedule) => scheduleView(schedule, this.#nowMs()));
  }

  get(id: string): Schedule {
    return scheduleView(this.#ports.schedules.get(id), this.#nowMs());
  }

  /** It counts from now on: what it would have asked for earlier is not made up for. */
  create(input: NewSchedule, actor: Actor): Schedule {
    const { store, schedules, events, random, executor, timeKeeper } = this.#ports;
    const id = `s-${randomHex(random, 8)}`;
    store.transaction(() => {
      const at = { createdMs: this.#nowMs(), decidedUntilMs: timeKeeper.latestMs() };
      const { settings } = checkedSettings(this.#ports, input, null, at.decidedUntilMs);
      schedules.insert(id, settings, at);
      const data = { schedule_id: id, after: settingsView(settings) };
      events.append({ kind: 'schedule_created', pump_id: settings.pumpId, actor: actor.name, data });
    });
    executor.look();
    return this.get(id);
  }

  /** What is due under it as it was is dealt with first; what it shall be counts from now on. */
  update(id: string, patch: SchedulePatch, actor: Actor): Schedule {
    const { store, schedules, events, executor } = this.#ports;
    schedules.get(id);
    const fromMs = executor.settleDue();
    store.transaction(() => {
      const before = schedules.get(id);
      const { settings, changes } = checkedSettings(this.#ports, patch, before, fromMs);
      if (Object.keys(changes).length === 0) return;
      schedules.update(id, settings, fromMs);
      const data = { schedule_id: id, before: differing(before, settings), after: changes };
      events.append({ kind: 'schedule_changed', pump_id: settings.pumpId, actor: actor.name, data });
      if (!settings.enabled) this.#withdraw(id, before.pumpId, actor, 'switched off');
    });
    executor.look();
    return this.get(id);
  }

  remove(id: string, actor: Actor): void {
    const { store, schedules, events, executor } = this.#ports;
    schedules.get(id);
    executor.settleDue();
    store.transaction(() => {
      const schedule = schedules.get(id);
      schedules.remove(id, this.#nowMs());
      const data = { schedule_id: id, before: settingsView(schedule) };
      events.append({ kind: 'schedule_removed', pump_id: schedule.pumpId, actor: actor.name, data });
      this.#withdraw(id, schedule.pumpId, actor, 'removed');
    });
  }

  /** One dose of it now, whether it is on or off; the calendar goes on beside it. */
  run(id: string, actor: Actor, key?: string): OrderOutcome {
    const { pumpId, volumeMl, durationS } = this.#ports.schedules.get(id);
    const request = { volume_ml: volumeMl, ...(durationS !== null && { duration_s: durationS }) };
    const named = key === undefined ? {} : { key };
    return this.#ports.orders.order({ pumpId, request, actor, cause: 'manual', scheduleId: id, ...named });
  }

  history(id: string, page: Pick<DoseQuery, 'limit' | 'cursor'>): PageOf<Dose> {
    this.#ports.schedules.get(id);
    return this.#ports.orders.list({ ...page, schedule_id: id });
  }

  #nowMs(): number {
    return Math.floor(this.#ports.clock.wallMs());
  }

  /** What waits for its turn is not given any more. */
  #withdraw(id: string, pumpId: string, { name }: Actor, what: string): void {
    const { doses, withdrawal } = this.#ports;
    const waiting = doses.openOfPump(pumpId).filter((dose) => isWaitingFor(id, dose));
    const reason = `Its schedule was ${what} by ${name}.`;
    withdrawal.withdraw(waiting, name, { state: 'cancelled', reason, code: null });
  }
}

const isWaitingFor = (
  id: string,
  dose: { schedule_id: string | null; cause: string; sent_epoch: number | null },
): boolean => dose.schedule_id === id && dose.cause === 'schedule' && dose.sent_epoch === null;
