import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOARD } from './commands.ts';
import { encodeRequest, withChecksum } from './frame.ts';
import { type ReplyExpectation, scanReply, sortStrayBytes } from './reply-scan.ts';

/** Feeds pieces as a line does: keep what is unused, stop at the reply. */
function feed<Reply>(pieces: readonly Uint8Array[], expected: ReplyExpectation<Reply>) {
  let kept = new Uint8Array();
  let discarded = 0;
  let waiting = expected;
  for (const piece of pieces) {
    kept = Uint8Array.from([...kept, ...piece]);
    const scan = scanReply(kept, waiting);
    kept = kept.slice(scan.used);
    discarded += scan.discarded.length;
    if (scan.echoed) waiting = { ...waiting, echo: null };
    if (scan.reply !== undefined) return { reply: scan.reply, discarded, kept: kept.length };
  }
  return { reply: undefined, discarded, kept: kept.length };
}

const address = 0xe0;
const request = BOARD.readShaftAngle();
const echo = encodeRequest(address, request);
const answer = withChecksum([address, 0x12, 0xe0, 0x02, 0xe2]);
const ANGLE = 0x12e002e2;

const streams: readonly (readonly [string, Uint8Array, number])[] = [
  ['the reply alone', answer, 0],
  ['stray bytes, then the reply', Uint8Array.from([0x00, 0xff, 0xe0, 0x13, ...answer]), 4],
  ['an echo of the request, then the reply', Uint8Array.from([...echo, ...answer]), 0],
  ['a stray byte, an echo, then the reply', Uint8Array.from([0x30, ...echo, ...answer]), 1],
  ['a completion frame, then the reply', Uint8Array.from([0xe0, 0x02, 0xe2, ...answer]), 3],
  ['a damaged reply, then a good one', Uint8Array.from([0xe0, 0x12, 0xe0, 0x02, 0xe2, 0x00, ...answer]), 6],
  ['the reply of another board, then ours', Uint8Array.from([...withChecksum([0xe1, 1, 2, 3, 4]), ...answer]), 6],
];

// Proves that the same reply is found however the bytes are cut, and that what is not the reply is told, not hidden.
describe('scanReply', () => {
  it.each(streams)('finds the reply in %s, split at each position', (_, bytes, discarded) => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const found = feed([bytes.subarray(0, cut), bytes.subarray(cut)], { address, form: request.reply, echo });
      expect(found).toEqual({ reply: ANGLE, discarded, kept: 0 });
    }
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(feed(single, { address, form: request.reply, echo })).toEqual({ reply: ANGLE, discarded, kept: 0 });
  });

  it('takes a reply that begins like the request for the reply where no echo is expected', () => {
    const lookalike = withChecksum([address, 0x36, 0x16, 0x00, 0x07]);
    expect(scanReply(lookalike, { address, form: request.reply, echo: null }).reply).toBe(0x36160007);
  });

  it('makes no reply of noise but one whose checksum fits, and never reads past the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const scan = scanReply(noise, { address, form: request.reply, echo: null });
        expect(scan.used).toBeLessThanOrEqual(noise.length);
        if (scan.reply === undefined) return;
        const frame = noise.subarray(scan.used - 6, scan.used);
        expect(frame).toEqual(withChecksum([...frame.subarray(0, 5)]));
      }),
    );
  });

  it('keeps no more than an unfinished frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const scan = scanReply(noise, { address, form: request.reply, echo: null });
        if (scan.reply === undefined) expect(noise.length - scan.used).toBeLessThan(6);
      }),
    );
  });
});

// Proves that completion frames and late replies are recognised among other bytes, for whichever board, in pieces too.
describe('sortStrayBytes', () => {
  it('tells completions, late replies and noise apart', () => {
    const bytes = Uint8Array.from([0x00, 0xe0, 0x02, 0xe2, 0x55, 0xe3, 0x02, 0xe5, 0xe1, 0x01, 0xe2, 0xe0, 0x02, 0x77]);
    expect(sortStrayBytes(bytes)).toEqual({
      completions: [0xe0, 0xe3],
      lateReplies: 1,
      noiseBytes: 5,
      unfinished: new Uint8Array(),
    });
  });

  it('keeps the beginning of a frame for the next piece', () => {
    expect(sortStrayBytes(Uint8Array.of(0x17, 0xe0, 0x02)).unfinished).toEqual(Uint8Array.of(0xe0, 0x02));
  });
});
