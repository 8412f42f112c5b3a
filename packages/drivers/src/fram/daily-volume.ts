import { firstMisfit, measure, type RecordCodec, shortestDecimal, u32 } from './record-codec.ts';

/** What a channel gave on a UTC day: a view of the ledger. */
export interface DailyVolume {
  /** Kept as f32. */
  readonly volumeMl: number;
  /** Days since 1970-01-01. */
  readonly lastResetUtcDay: number;
}

/** 16 B: 0 f32 volume in ml, 4 u32 UTC day, 8 u32 sequence, 12 u32 CRC. */
export const dailyVolumeCodec: RecordCodec<DailyVolume> = {
  bytes: 16,
  sequenceAt: 8,
  encode({ volumeMl, lastResetUtcDay }, view) {
    view.setFloat32(0, volumeMl, true);
    view.setUint32(4, lastResetUtcDay, true);
  },
  decode: (view) => ({
    volumeMl: shortestDecimal(view.getFloat32(0, true)),
    lastResetUtcDay: view.getUint32(4, true),
  }),
  misfit: ({ volumeMl, lastResetUtcDay }) =>
    firstMisfit([measure('volume_ml', volumeMl), u32('last_reset_utc_day', lastResetUtcDay)]),
};
