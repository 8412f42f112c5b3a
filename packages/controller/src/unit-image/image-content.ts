import { DAY_HALVES, MOST_CHANNELS, slotDoseId, utcDayOf } from '@perista/core';
import type { RequestKind, UnitImage } from '@perista/protocol/link';
import type { DoseStore } from '../ledger/dose-store.ts';
import { DAY_MS } from '../ledger/durations.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import { dosingRate } from '../weekly-plan/channel-config.ts';
import { type ChannelPlanStore, UNPLANNED } from '../weekly-plan/channel-plan-store.ts';
import { channelsOf } from '../weekly-plan/channels.ts';

export type ImageConfig = NonNullable<Extract<RequestKind, { case: 'putUnitConfig' }>['value']['image']>;
export type DailyViews = Extract<RequestKind, { case: 'putDailyView' }>['value'];
export type ChannelViews = NonNullable<DailyViews['channels']>;
export type Mark = { readonly highWaterMarkS: number; readonly epoch: number };

/** Of the form in which plans are kept. */
const CONFIG_VERSION = 1;
const S_MS = 1000;

export interface ContentPorts {
  readonly pumps: PumpStore;
  readonly plans: ChannelPlanStore;
  readonly doses: Pick<DoseStore, 'find' | 'givenSince' | 'lastSlotStartMs'>;
}

/** What the image shall say of plans. A relay without a pump has none. */
export function imageConfig({ pumps, plans }: ContentPorts): ImageConfig {
  const channels = channelsOf(pumps);
  return {
    system: { channelCount: plans.channelCount, systemEnabled: true, version: CONFIG_VERSION },
    channels: eachChannel((id) => {
      const pump = channels.find((channel) => channel.id === id)?.pump;
      const plan = pump === undefined ? UNPLANNED : plans.of(pump.pumpId);
      return {
        enabled: plan.enabled,
        weeklySchedule: plan.days,
        dailySchedule: plan.dosesADay,
        // The record has tenths; a sum of decimals may be a hair beside them.
        weeklyDosingValueMl: Math.round(plan.weeklyMl * 10) / 10,
        dosingRateMlPerS: pump === undefined ? 0 : dosingRate(pumps.activeCalibration(pump.pumpId)),
      };
    }),
  };
}

/**
 * What every channel did on the UTC day of `nowMs`, as the ledger has it (I21). Starts that only `kept`, an older image,
 * remembers stay.
 */
export function channelViews({ pumps, doses }: ContentPorts, nowMs: number, kept: UnitImage): ChannelViews {
  const channels = channelsOf(pumps);
  const utcDay = utcDayOf(nowMs);
  const view = (id: number) => {
    const keptStarts = kept.channels[id - 1]?.view?.lastDoseTimestamp ?? [];
    const pumpId = channels.find((channel) => channel.id === id)?.pump.pumpId;
    const today =
      pumpId === undefined ? [] : DAY_HALVES.map((half) => doses.find(slotDoseId(pumpId, { utcDay, half })));
    const starts = DAY_HALVES.map((half, index) => {
      const startMs = pumpId === undefined ? null : doses.lastSlotStartMs(pumpId, half);
      return startMs === null ? (keptStarts[index] ?? 0) : Math.floor(startMs / S_MS);
    });
    return {
      dosesCompletedToday: today.filter((dose) => dose?.state === 'done' || dose?.state === 'partial').length,
      currentUtcDay: utcDay,
      lastDoseTimestamp: starts,
      volumeMl: pumpId === undefined ? 0 : doses.givenSince(pumpId, utcDay * DAY_MS),
      lastResetUtcDay: utcDay,
    };
  };
  return eachChannel(view);
}

const eachChannel = <T>(of: (id: number) => T): T[] =>
  Array.from({ length: MOST_CHANNELS }, (_, index) => of(index + 1));
