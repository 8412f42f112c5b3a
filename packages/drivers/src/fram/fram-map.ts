import { channelConfigCodec } from './channel-config.ts';
import { dailyVolumeCodec } from './daily-volume.ts';
import type { RecordCodec } from './record-codec.ts';
import { systemConfigCodec } from './system-config.ts';
import { unitMarkCodec } from './unit-mark.ts';

export const FRAM_BYTES = 0x8000;
export const FRAM_MAGIC = 0x50445331;
export const FRAM_VERSION = 1;
const CHANNEL_COUNT = 6;

/** Credentials of another system that shares the chip: first byte, and first byte behind them. Never written. */
export const CREDENTIALS = { from: 0x0018, to: 0x0500 } as const;

/** From a record to its second copy, so that the second copies lie as the first ones do, 0x0700 to 0x08DF. */
export const SHADOW_OFFSET = 0x0200;

/** A record at its place. */
export interface FramSlot<T> {
  readonly name: string;
  readonly codec: RecordCodec<T>;
  readonly address: number;
}

const row = <T>(name: string, codec: RecordCodec<T>, address: number): readonly FramSlot<T>[] =>
  Array.from({ length: CHANNEL_COUNT }, (_, index) => ({
    name: `${name}[${index}]`,
    codec,
    address: address + index * codec.bytes,
  }));

/** Where each record has its first copy. */
export const FRAM_MAP = {
  system: { name: 'SystemConfig', codec: systemConfigCodec, address: 0x0500 },
  channels: row('ChannelConfig', channelConfigCodec, 0x0540),
  dailyVolumes: row('DailyVolume', dailyVolumeCodec, 0x0660),
  mark: { name: 'UnitMark', codec: unitMarkCodec, address: 0x06c0 },
} as const;
