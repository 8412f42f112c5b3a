import { firstMisfit, type RecordCodec, u8, u16 } from './record-codec.ts';

/** The unit as a whole. */
export interface SystemConfig {
  /** 1 to 6. */
  readonly channelCount: number;
  readonly systemEnabled: boolean;
  /** Of the configuration's form. */
  readonly version: number;
}

/** 64 B: 0 u8 channel count, 1 u8 enabled, 2 u16 version, 4 u32 sequence, 8 to 59 zero, 60 u32 CRC. */
export const systemConfigCodec: RecordCodec<SystemConfig> = {
  bytes: 64,
  sequenceAt: 4,
  encode({ channelCount, systemEnabled, version }, view) {
    view.setUint8(0, channelCount);
    view.setUint8(1, systemEnabled ? 1 : 0);
    view.setUint16(2, version, true);
  },
  decode: (view) => ({
    channelCount: view.getUint8(0),
    systemEnabled: view.getUint8(1) === 1,
    version: view.getUint16(2, true),
  }),
  misfit: ({ channelCount, version }) =>
    firstMisfit([u8('channel_count', channelCount, 6, 1), u16('version', version)]),
};
