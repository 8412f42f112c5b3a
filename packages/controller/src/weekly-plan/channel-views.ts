import { type Clock, type DAY_HALVES, planCeiling, utcDayOf } from '@perista/core';
import type { ChannelStatus, DosingChannel, Pump } from '@perista/protocol/api';
import type { DoseStore } from '../ledger/dose-store.ts';
import { DAY_MS } from '../ledger/durations.ts';
import { profileOf } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { ChannelCalibration } from './channel-calibration.ts';
import { channelSettings, dosingRate } from './channel-config.ts';
import type { ChannelPlanStore } from './channel-plan-store.ts';
import type { Channel } from './channels.ts';
import { slotState } from './slot-state.ts';

export interface ChannelViewPorts {
  readonly clock: Clock;
  readonly plans: ChannelPlanStore;
  readonly pumps: PumpStore;
  readonly doses: Pick<DoseStore, 'find' | 'givenSince'>;
  readonly calibration: Pick<ChannelCalibration, 'waitingRun'>;
  /** Pumps as the API shows them. */
  readonly pumpViews: { get(pumpId: string): Pump };
}

export const rateOfChannel = ({ pumps }: Pick<ChannelViewPorts, 'pumps'>, { pump }: Channel): number =>
  dosingRate(pumps.activeCalibration(pump.pumpId));

/** A channel of the weekly plan as `GET /api/dosing-config` shows it. */
export function channelConfig(ports: ChannelViewPorts, channel: Channel): DosingChannel {
  const plan = ports.plans.of(channel.pump.pumpId);
  const [morning, evening] = slotsOf(ports, channel);
  const settings = channelSettings(channel.id, plan, rateOfChannel(ports, channel));
  return { ...settings, status_morning: morning.status, status_evening: evening.status };
}

/** A channel as `GET /api/dosing-status` shows it. */
export function channelStatus(ports: ChannelViewPorts, channel: Channel): ChannelStatus {
  const { clock, plans, doses, calibration, pumpViews } = ports;
  const { pumpId } = channel.pump;
  const view = pumpViews.get(pumpId);
  const [morning, evening] = slotsOf(ports, channel);
  const rate = rateOfChannel(ports, channel);
  const ceiling = planCeiling(plans.of(pumpId), rate, profileOf(channel.pump, null).limits);
  return {
    id: channel.id,
    pump_id: pumpId,
    name: view.name,
    state: view.state,
    blocked_by: view.blocked_by,
    status_morning: morning.status,
    status_evening: evening.status,
    morning,
    evening,
    remaining_s: view.current_dose?.progress?.remaining_s ?? null,
    dosed_today_ml: doses.givenSince(pumpId, utcDayOf(clock.wallMs()) * DAY_MS),
    ceiling: ceiling === null ? null : { ml: ceiling.weeklyMl, rule: ceiling.rule },
    calibration_run_id: calibration.waitingRun(pumpId)?.dose_id ?? null,
  };
}

function slotsOf({ clock, plans, doses }: ChannelViewPorts, channel: Channel) {
  const plan = plans.of(channel.pump.pumpId);
  const state = (half: (typeof DAY_HALVES)[number]) =>
    slotState(channel, plan, half, clock.wallMs(), (doseId) => doses.find(doseId));
  return [state('morning'), state('evening')] as const;
}
