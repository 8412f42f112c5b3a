import { firstMisfit, type RecordCodec, u32 } from './record-codec.ts';

/** What a unit must never fall behind. */
export interface UnitMark {
  /** Latest wall time that was ever seen, epoch seconds: a clock before it is not trusted. */
  readonly highWaterMarkS: number;
  /** Of the controller's session. */
  readonly epoch: number;
}

/** 32 B: 0 u32 high-water mark, 4 u32 epoch, 8 to 23 zero, 24 u32 sequence, 28 u32 CRC. */
export const unitMarkCodec: RecordCodec<UnitMark> = {
  bytes: 32,
  sequenceAt: 24,
  encode({ highWaterMarkS, epoch }, view) {
    view.setUint32(0, highWaterMarkS, true);
    view.setUint32(4, epoch, true);
  },
  decode: (view) => ({ highWaterMarkS: view.getUint32(0, true), epoch: view.getUint32(4, true) }),
  misfit: ({ highWaterMarkS, epoch }) => firstMisfit([u32('high_water_mark', highWaterMarkS), u32('epoch', epoch)]),
};
