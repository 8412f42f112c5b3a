import { type Clock, plannedDose, refusals } from '@perista/core';
import {
  type BlockedBy,
  type CalibrationRunStarted,
  type ChannelCalibrated,
  type DosingChannelPatch,
  type DosingConfig,
  type DosingStatus,
  type ManualDose,
  type ManualDoseAccepted,
  RELAY_GROUP,
} from '@perista/protocol/api';
import type { DoseService } from '../dosing/dose-service.ts';
import type { DoseStore, OpenDose } from '../ledger/dose-store.ts';
import { localTime } from '../ledger/site-time.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { DueExecutor } from '../schedules/due-executor.ts';
import type { Actor, DosingUnit, EventLog, OrderOutcome } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { ImageTakeOver } from '../unit-image/image-take-over.ts';
import { WrongFields } from '../wrong-fields.ts';
import type { ChannelCalibration } from './channel-calibration.ts';
import { channelSettings } from './channel-config.ts';
import { patchChannel, refuseDoubles, refuseUnequal } from './channel-patch.ts';
import { type ChannelViewPorts, channelConfig, channelStatus, rateOfChannel } from './channel-views.ts';
import { type Channel, channelOf, channelsOf } from './channels.ts';

/** How long a relay runs to be calibrated, s. Seed section 3. */
const CALIBRATION_S = 30;

export interface DosingUnitPorts extends ChannelViewPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
  readonly doses: DoseStore;
  readonly orders: Pick<DoseService, 'order' | 'orderCalibrationRun'>;
  readonly calibration: ChannelCalibration;
  readonly executor: Pick<DueExecutor, 'settleDue' | 'look'>;
  readonly takeOver: Pick<ImageTakeOver, 'whyOff' | 'confirm'>;
  readonly timeKeeper: Pick<TimeKeeper, 'untrusted'>;
  readonly isStopLatched: () => boolean;
  /** IANA zone of the site. */
  readonly timezone: string;
}

/** The relay channels as one unit: their weekly plans, and what a person does to one by hand. */
export class DosingUnitService implements DosingUnit {
  readonly #ports: DosingUnitPorts;

  constructor(ports: DosingUnitPorts) {
    this.#ports = ports;
  }

  config(): DosingConfig {
    return { channels: this.#channels().map((channel) => channelConfig(this.#ports, channel)) };
  }

  /** What is due under the plan as it was is dealt with first; the new one counts from now on. */
  configure(patches: readonly DosingChannelPatch[], actor: Actor): DosingConfig {
    const { store, executor } = this.#ports;
    refuseDoubles(patches);
    const fromMs = executor.settleDue();
    store.transaction(() => {
      for (const patch of patches) this.#change(channelOf(this.#ports.pumps, patch.id), patch, { actor, fromMs });
    });
    executor.look();
    return this.config();
  }

  /** What is in its window is dosed at once, for a person has just said so. */
  confirm(actor: Actor): DosingStatus {
    this.#ports.takeOver.confirm(actor);
    this.#ports.executor.look();
    return this.status();
  }

  status(): DosingStatus {
    const { clock, timezone } = this.#ports;
    const nowMs = Math.floor(clock.wallMs());
    const channels = this.#channels();
    const disabledBy = this.#disabledBy();
    const idOf = new Map(channels.map(({ id, pump }) => [pump.pumpId, id]));
    const open = this.#ports.doses.open().flatMap((dose) => {
      const channelId = idOf.get(dose.pump_id);
      return channelId === undefined ? [] : [{ ...dose, channelId }];
    });
    const active = open.find(({ state }) => state === 'running');
    return {
      utc_time: timestamp(nowMs),
      local_time: localTime(nowMs, timezone),
      timezone,
      system_enabled: disabledBy.length === 0,
      disabled_by: disabledBy,
      active_channel: active?.channelId ?? null,
      queue: open
        .filter(({ sent_epoch }) => sent_epoch === null)
        .map(({ channelId, dose_id, accepted_at_ms }) => ({
          channel_id: channelId,
          dose_id,
          since: timestamp(accepted_at_ms),
          reason: whyWaits(dose_id, active ?? open[0]),
        })),
      channels: channels.map((channel) => channelStatus(this.#ports, channel)),
    };
  }

  manualDose({ channel_id, volume_ml }: ManualDose, actor: Actor, key?: string): OrderOutcome<ManualDoseAccepted> {
    const { pumps, orders } = this.#ports;
    const channel = channelOf(pumps, channel_id);
    const volumeMl = volume_ml ?? this.#singleDoseMl(channel);
    const { pumpId } = channel.pump;
    const named = key === undefined ? {} : { key };
    const outcome = orders.order({ pumpId, request: { volume_ml: volumeMl }, actor, cause: 'manual', ...named });
    if (outcome.kind !== 'accepted') return outcome;
    const { dose_id, state } = outcome.answer;
    return { kind: 'accepted', answer: { dose_id, state, queue_position: this.#placeInQueue(dose_id) } };
  }

  startCalibration(channelId: number, actor: Actor): OrderOutcome<CalibrationRunStarted> {
    const { pumps, orders } = this.#ports;
    const { pumpId } = channelOf(pumps, channelId).pump;
    return orders.orderCalibrationRun({ pumpId, actor }, { channelId, seconds: CALIBRATION_S });
  }

  finishCalibration(channelId: number, measuredMl: number, actor: Actor): ChannelCalibrated {
    const { store, pumps, calibration } = this.#ports;
    return store.transaction(() => {
      const channel = channelOf(pumps, channelId);
      const { runId, seconds } = calibration.finish(channel, measuredMl, actor);
      const rate = rateOfChannel(this.#ports, channel);
      return {
        run_id: runId,
        channel_id: channelId,
        measured_ml: measuredMl,
        duration_s: seconds,
        dosing_rate: rate,
      };
    });
  }

  #channels(): Channel[] {
    return channelsOf(this.#ports.pumps);
  }

  #change(channel: Channel, patch: DosingChannelPatch, { actor, fromMs }: { actor: Actor; fromMs: number }): void {
    const { plans, calibration, events } = this.#ports;
    const { pumpId } = channel.pump;
    const stored = plans.of(pumpId);
    const rate = rateOfChannel(this.#ports, channel);
    const before = channelSettings(channel.id, stored, rate);
    const next = patchChannel(patch, { plan: stored, rate }, channel.pump);
    plans.save(pumpId, { ...next.plan, decidedUntilMs: fromMs });
    if (next.rate !== rate) calibration.enter(channel, next.rate, actor);
    refuseUnequal(patch, channelConfig(this.#ports, channel));
    const after = channelSettings(channel.id, next.plan, next.rate);
    const differing = (one: typeof before, other: typeof before) =>
      Object.fromEntries(
        Object.entries(one).filter(([key, value]) => String(value) !== String(other[key as keyof typeof other])),
      );
    const data = { channel_id: channel.id, before: differing(before, after), after: differing(after, before) };
    if (Object.keys(data.after).length === 0) return;
    events.append({ kind: 'channel_changed', pump_id: pumpId, actor: actor.name, data });
  }

  #singleDoseMl(channel: Channel): number {
    const plan = this.#ports.plans.of(channel.pump.pumpId);
    const dose = plannedDose(plan, rateOfChannel(this.#ports, channel));
    if (dose !== null) return dose.singleMl;
    const rule = `is missing; channel ${channel.id} has no single dose while its weekly volume or its rate is not set`;
    throw new WrongFields([{ path: 'volume_ml', message: rule }]);
  }

  /** Doses of all channels that are before it; one pump runs at a time. */
  #placeInQueue(doseId: string): number {
    const place = this.#ports.doses
      .open()
      .filter(({ mutex }) => mutex === RELAY_GROUP)
      .findIndex(({ dose_id }) => dose_id === doseId);
    return Math.max(0, place);
  }

  #disabledBy(): BlockedBy[] {
    const { isStopLatched, timeKeeper, takeOver } = this.#ports;
    const found: BlockedBy[] = [];
    for (const refusal of [isStopLatched() ? refusals.emergencyStop() : null, takeOver.whyOff]) {
      if (refusal !== null) found.push({ code: refusal.code, reason: refusal.sentence });
    }
    const { untrusted } = timeKeeper;
    if (untrusted !== null) found.push({ code: 'E413', reason: untrusted });
    return found;
  }
}

/** Why a dose has not begun: somebody doses, or somebody is before it. */
function whyWaits(doseId: string, first: (OpenDose & { readonly channelId: number }) | undefined): string {
  if (first === undefined || first.dose_id === doseId) return 'It is next.';
  const does = first.state === 'running' ? 'is dosing' : 'is before it';
  return `Channel ${first.channelId} ${does}; one pump runs at a time.`;
}
