import { PeristaError } from '@perista/core';
import {
  type ChannelConfig as ChannelRecord,
  channelConfigCodec,
  type DailyVolume,
  dailyVolumeCodec,
  FRAM_MAP,
  systemConfigCodec,
} from '@perista/drivers';
import type { DailyView, GetUnitImage, PutDailyView, ReplyKind, UnitImageConfig } from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import {
  type ChannelPlanRecord,
  type ChannelView,
  type ImageContent,
  type NamedRecord,
  NO_VIEW,
  type UnitImage,
} from '../image/unit-image.ts';

const CHANNELS = FRAM_MAP.channels.length;
const DONE: ReplyKind = { case: 'done', value: {} };
/** Stands where only the view of a channel is judged. */
const NO_PLAN: ChannelPlanRecord = {
  enabled: false,
  weeklySchedule: 0,
  dailySchedule: 1,
  weeklyDosingValueMl: 0,
  dosingRateMlPerS: 0,
};

export async function getUnitImage({ image }: AgentContext, _: GetUnitImage): Promise<ReplyKind> {
  if (image === null) return { case: 'unitImage', value: { isPresent: false } };
  return { case: 'unitImage', value: imageToWire(await image.read()) };
}

/** @throws PeristaError E402 naming channel, field, rule and value */
export async function putImageConfig(context: AgentContext, wire: UnitImageConfig): Promise<ReplyKind> {
  const image = imageOf(context);
  const { system } = wire;
  if (system === undefined) throw wrongField('system is missing');
  refuse('the unit', systemConfigCodec.misfit(system));
  const { channelCount, systemEnabled, version } = system;
  const channels = sixOf(wire.channels).map((channel, index): ChannelPlanRecord => {
    const plan = {
      enabled: channel.enabled,
      weeklySchedule: channel.weeklySchedule,
      dailySchedule: channel.dailySchedule,
      weeklyDosingValueMl: channel.weeklyDosingValueMl,
      dosingRateMlPerS: channel.dosingRateMlPerS,
    };
    refuse(`channel ${index + 1}`, channelConfigCodec.misfit({ ...plan, ...NO_VIEW }));
    return plan;
  });
  await image.putConfig({ system: { channelCount, systemEnabled, version }, channels });
  return DONE;
}

/** @throws PeristaError E402 as above, E406 for a channel whose plan was never put */
export async function putDailyView(context: AgentContext, wire: PutDailyView): Promise<ReplyKind> {
  const { mark } = wire;
  if (mark === undefined) throw wrongField('mark is missing');
  const { highWaterMarkS, epoch } = mark;
  await imageOf(context).putViews(sixOf(wire.channels).map(parseView), { highWaterMarkS, epoch });
  return DONE;
}

function parseView(wire: DailyView, index: number): ChannelView {
  const [morning, evening, ...more] = wire.lastDoseTimestamp;
  if (morning === undefined || evening === undefined || more.length > 0) {
    throw wrongField(`last_dose_timestamp of channel ${index + 1} must be two, not ${wire.lastDoseTimestamp.length}`);
  }
  const { dosesCompletedToday, currentUtcDay, volumeMl, lastResetUtcDay } = wire;
  const lastDoseTimestamps = [morning, evening] as const;
  const view = { lastDoseTimestamps, dosesCompletedToday, currentUtcDay };
  refuse(`channel ${index + 1}`, channelConfigCodec.misfit({ ...NO_PLAN, ...view }));
  refuse(`channel ${index + 1}`, dailyVolumeCodec.misfit({ volumeMl, lastResetUtcDay }));
  return { ...view, volumeMl, lastResetUtcDay };
}

function imageOf({ image }: AgentContext): UnitImage {
  if (image === null) throw new PeristaError('E404', 'The unit of this agent has no FRAM image');
  return image;
}

function sixOf<T>(channels: readonly T[]): readonly T[] {
  if (channels.length === CHANNELS) return channels;
  throw wrongField(`channels must be ${CHANNELS}, not ${channels.length}`);
}

function refuse(whose: string, misfit: string | null): void {
  if (misfit !== null) throw wrongField(`of ${whose}, ${misfit}`);
}

const wrongField = (detail: string) => new PeristaError('E402', `What the FRAM image shall keep is wrong: ${detail}`);

function imageToWire({ system, channels, dailyVolumes, mark }: ImageContent) {
  const damaged = [
    ...damageOf(system, 0),
    ...channels.flatMap((record, index) => damageOf(record, index + 1)),
    ...dailyVolumes.flatMap((record, index) => damageOf(record, index + 1)),
    ...damageOf(mark, 0),
  ];
  return {
    isPresent: true,
    ...(system.held.kind === 'kept' && { system: system.held.value }),
    channels: channels.map((channel, index) => channelToWire(channel, dailyVolumes[index])),
    damaged,
    ...(mark.held.kind === 'kept' && { mark: mark.held.value }),
  };
}

function channelToWire({ held }: NamedRecord<ChannelRecord>, volume: NamedRecord<DailyVolume> | undefined) {
  if (held.kind !== 'kept') return {};
  const { lastDoseTimestamps, dosesCompletedToday, currentUtcDay, ...config } = held.value;
  if (volume?.held.kind !== 'kept') return { config };
  const view = { dosesCompletedToday, currentUtcDay, lastDoseTimestamp: [...lastDoseTimestamps], ...volume.held.value };
  return { config, view };
}

const damageOf = ({ name, held }: NamedRecord<unknown>, channel: number) =>
  held.kind === 'damaged' ? [{ name, channel, reason: held.reason }] : [];
