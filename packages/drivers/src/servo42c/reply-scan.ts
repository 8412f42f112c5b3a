import { FIRST_ADDRESS, isReply, LAST_ADDRESS } from './frame.ts';
import { COMPLETE, type ReplyForm } from './replies.ts';

/** What the line waits for. */
export interface ReplyExpectation<Reply> {
  readonly address: number;
  readonly form: ReplyForm<Reply>;
  /** The request's own bytes where the line may hand them back (RS485 adapters with echo), else null. */
  readonly echo: Uint8Array | null;
}

/** What the bytes so far amount to. Of the `used` bytes, which are dealt with, `discarded` fitted nothing. */
export interface ReplyScan<Reply> {
  /** Undefined: not there yet. */
  readonly reply: Reply | undefined;
  readonly used: number;
  readonly discarded: Uint8Array;
  readonly echoed: boolean;
}

const ADDRESS_BYTES = 1;
const CHECKSUM_BYTES = 1;

/**
 * Finds the reply in a stream that may also hold an echo of the request, stray bytes and frames for nobody.
 *
 * Replies name neither their length nor their question, so both come from the expectation. A byte that cannot begin the
 * reply is discarded, and the search goes on behind it; bytes that may still become the reply stay unused.
 */
export function scanReply<Reply>(bytes: Uint8Array, expected: ReplyExpectation<Reply>): ReplyScan<Reply> {
  const { address, form, echo } = expected;
  const frameLength = ADDRESS_BYTES + form.length + CHECKSUM_BYTES;
  const discarded: number[] = [];
  let echoed = false;
  let start = 0;
  while (start < bytes.length) {
    const rest = bytes.subarray(start);
    if (echo !== null && !echoed && startsWith(rest, echo)) {
      echoed = true;
      start += echo.length;
      continue;
    }
    const mayBecomeEcho = echo !== null && !echoed && startsWith(echo, rest);
    const mayBecomeReply = rest[0] === address && rest.length < frameLength;
    if (mayBecomeEcho || mayBecomeReply) break;
    const reply = rest[0] === address ? decodeFrame(rest.subarray(0, frameLength), expected) : undefined;
    if (reply !== undefined) {
      return { reply, used: start + frameLength, discarded: Uint8Array.from(discarded), echoed };
    }
    discarded.push(bytes[start] ?? 0);
    start++;
  }
  return { reply: undefined, used: start, discarded: Uint8Array.from(discarded), echoed };
}

function decodeFrame<Reply>(frame: Uint8Array, { address, form }: ReplyExpectation<Reply>): Reply | undefined {
  if (!isReply(address, frame)) return undefined;
  return form.decode(new DataView(frame.buffer, frame.byteOffset + ADDRESS_BYTES, form.length));
}

/** What bytes amount to that nobody waited for. */
export interface StrayBytes {
  /** Boards that said, unasked, that their pulse move has ended. */
  readonly completions: readonly number[];
  /** Other status frames: replies that came too late. */
  readonly lateReplies: number;
  readonly noiseBytes: number;
  /** The end of `bytes` that may be the beginning of a frame. */
  readonly unfinished: Uint8Array;
}

const STATUS_FRAME_LENGTH = 3;

export function sortStrayBytes(bytes: Uint8Array): StrayBytes {
  const completions: number[] = [];
  let lateReplies = 0;
  let noiseBytes = 0;
  let start = 0;
  while (start < bytes.length) {
    const address = bytes[start] ?? 0;
    const isBoard = address >= FIRST_ADDRESS && address <= LAST_ADDRESS;
    if (isBoard && bytes.length - start < STATUS_FRAME_LENGTH) break;
    const frame = bytes.subarray(start, start + STATUS_FRAME_LENGTH);
    const status = frame[1] ?? 0;
    if (!isBoard || status > COMPLETE || !isReply(address, frame)) {
      noiseBytes++;
      start++;
      continue;
    }
    if (status === COMPLETE) completions.push(address);
    else lateReplies++;
    start += STATUS_FRAME_LENGTH;
  }
  return { completions, lateReplies, noiseBytes, unfinished: bytes.slice(start) };
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.length <= bytes.length && head.every((byte, index) => byte === bytes[index]);
}
