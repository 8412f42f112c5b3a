/** How the data of a reply is read. A reply carries no function code: only the request tells what it means. */
export interface ReplyForm<Reply> {
  /** Bytes of data. */
  readonly length: number;
  /** What it says, or undefined if no board would say that. */
  decode(data: DataView): Reply | undefined;
}

const TURN = 2 ** 16;
const TURNS = 2 ** 32;

/** A year of 1,000 rpm without a pause. More is no reading: an echo of 0x30 that passes for a reply says 806 million. */
const MOST_TURNS = 2 ** 29;

/** 0x30 from V1.1.2 on: turns i32, angle u16 (manual 5.1.1), read as one counter of 48 bits. */
export const ENCODER: ReplyForm<number> = {
  length: 6,
  decode(data) {
    const turns = data.getInt32(0);
    return Math.abs(turns) > MOST_TURNS ? undefined : ((turns + TURNS) % TURNS) * TURN + data.getUint16(4);
  },
};

/** 0x30 before V1.1.2: the angle within a turn (wiki V1.1, command 1). */
export const ENCODER_ANGLE: ReplyForm<number> = { length: 2, decode: (data) => data.getUint16(0) };

/** 0x36: 65,536 a turn (wiki V1.1, command 3; absent from the manual V1.1.2, but works), read as a counter of 32 bits. */
export const SHAFT_ANGLE: ReplyForm<number> = { length: 4, decode: (data) => data.getUint32(0) };

export const INT32: ReplyForm<number> = { length: 4, decode: (data) => data.getInt32(0) };
export const INT16: ReplyForm<number> = { length: 2, decode: (data) => data.getInt16(0) };

/** One byte, each value of which has a meaning. */
function oneOf<Meaning>(meanings: Readonly<Record<number, Meaning>>): ReplyForm<Meaning> {
  return { length: 1, decode: (data) => meanings[data.getUint8(0)] };
}

export const STATUS = oneOf<'ok' | 'failed'>({ 0: 'failed', 1: 'ok' });
/** Manual: 2 is failed; wiki V1.1: 0 is. */
export const CALIBRATION_STATUS = oneOf<'ok' | 'failed'>({ 0: 'failed', 1: 'ok', 2: 'failed' });
export const ENABLED = oneOf<'enabled' | 'disabled' | 'error'>({ 0: 'error', 1: 'enabled', 2: 'disabled' });
export const STALLED = oneOf<'stalled' | 'free' | 'error'>({ 0: 'error', 1: 'stalled', 2: 'free' });
export const RUN_STATUS = oneOf<'failed' | 'started' | 'complete'>({ 0: 'failed', 1: 'started', 2: 'complete' });

/** The byte of a completion frame, which a board sends unasked when a pulse move has ended. */
export const COMPLETE = 2;
