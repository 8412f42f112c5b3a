import type { DosingChannel, DosingChannelPatch } from '@perista/protocol/api';
import type { CalibrationRecord } from '../pumps/pump-row.ts';
import type { AskingPlan } from '../schedules/calendar-dose.ts';
import { within } from '../wrong-fields.ts';
import { curveOfRate, runAtRate } from './channel-calibration.ts';
import { channelSettings } from './channel-config.ts';
import { patchChannel, refuseDoubles, refuseUnequal } from './channel-patch.ts';
import { channelPlan } from './channel-plan-source.ts';
import type { StoredPlan } from './channel-plan-store.ts';
import { type ChannelViewPorts, channelConfig, rateOfChannel } from './channel-views.ts';
import { type Channel, channelOf, channelsOf } from './channels.ts';

/** Weekly plans as they would stand if changes of them were saved. Nothing is. */
export class ChannelDrafts {
  readonly #ports: ChannelViewPorts;

  constructor(ports: ChannelViewPorts) {
    this.#ports = ports;
  }

  /** @throws what saving would throw */
  plans(
    patches: readonly DosingChannelPatch[],
    fromMs: number,
  ): { readonly plans: readonly AskingPlan[]; readonly calibrations: ReadonlyMap<string, CalibrationRecord> } {
    const { pumps, plans } = this.#ports;
    refuseDoubles(patches);
    const calibrations = new Map<string, CalibrationRecord>();
    const drafted = new Map<number, StoredPlan>();
    for (const [index, patch] of patches.entries()) {
      const channel = channelOf(pumps, patch.id);
      const { plan, rate } = within(`channels[${index}]`, () => this.#change(channel, patch));
      drafted.set(channel.id, { ...plan, decidedUntilMs: Math.max(plan.decidedUntilMs, fromMs) });
      if (rate !== rateOfChannel(this.#ports, channel))
        calibrations.set(channel.pump.pumpId, enteredRate(channel, rate, fromMs));
    }
    const all = channelsOf(pumps).map((channel) => ({
      channel,
      plan: drafted.get(channel.id) ?? plans.of(channel.pump.pumpId),
    }));
    return {
      plans: all.filter(({ plan }) => plan.enabled).map(({ channel, plan }) => channelPlan(channel, plan)),
      calibrations,
    };
  }

  #change(channel: Channel, patch: DosingChannelPatch): { readonly plan: StoredPlan; readonly rate: number } {
    const stored = this.#ports.plans.of(channel.pump.pumpId);
    const next = patchChannel(patch, { plan: stored, rate: rateOfChannel(this.#ports, channel) }, channel.pump);
    const after: DosingChannel = {
      ...channelConfig(this.#ports, channel),
      ...channelSettings(channel.id, next.plan, next.rate),
    };
    refuseUnequal(patch, after);
    return next;
  }
}

const enteredRate = ({ pump }: Channel, rate: number, nowMs: number): CalibrationRecord => ({
  calibrationId: 'draft',
  pumpId: pump.pumpId,
  origin: 'entered',
  curve: curveOfRate(runAtRate(rate), pump.maxRateMlPerMin),
  createdAtMs: nowMs,
});
