import { PeristaError } from '@perista/core';
import type { BoardRequest } from './commands.ts';
import { type ReplyExpectation, scanReply } from './reply-scan.ts';

/** What becomes of the bytes that follow a request. */
export interface Conversation<Result> {
  readonly limitMs: number;
  /** Takes bytes in; the result once it is there. */
  hear(bytes: Uint8Array): { readonly result: Result } | null;
  /** Nothing more came within the limit: the result after all, or an error. */
  silence(): Result;
}

/** A request that has its reply; `onEcho` hears that the line gave the request back, `onStray` what was not the reply. */
export function replyConversation<Reply>(
  request: BoardRequest<Reply>,
  expectation: ReplyExpectation<Reply>,
  listener: { onEcho(): void; onStray(bytes: Uint8Array): void },
): Conversation<Reply> {
  let kept: Uint8Array = new Uint8Array();
  let strays = 0;
  let expected = expectation;
  return {
    limitMs: request.timeoutMs,
    hear(bytes) {
      kept = concat(kept, bytes);
      const scan = scanReply(kept, expected);
      kept = kept.slice(scan.used);
      if (scan.discarded.length > 0) {
        strays += scan.discarded.length;
        listener.onStray(scan.discarded);
      }
      if (scan.echoed) {
        listener.onEcho();
        expected = { ...expected, echo: null };
      }
      return scan.reply === undefined ? null : { result: scan.reply };
    },
    silence() {
      if (kept.length > 0) listener.onStray(kept);
      const where = `Board 0x${expectation.address.toString(16).toUpperCase()}`;
      const garbled = strays + kept.length > 0;
      throw garbled
        ? new PeristaError('E107', `${where} answered "${request.name}" with bytes that make no sense`)
        : new PeristaError('E101', `${where} did not answer "${request.name}" within ${request.timeoutMs} ms`);
    },
  };
}

/** Whatever comes within `windowMs`, without the echo of what was sent. */
export function collectingConversation(sent: Uint8Array, windowMs: number): Conversation<Uint8Array> {
  let heard: Uint8Array = new Uint8Array();
  return {
    limitMs: windowMs,
    hear(bytes) {
      heard = concat(heard, bytes);
      return null;
    },
    silence() {
      const begins = heard.length >= sent.length && sent.every((byte, index) => byte === heard[index]);
      const behind = heard.slice(sent.length);
      // A shaft may rest where its reading is spelt like the question: behind an echo comes the board's address, or nothing.
      const isEcho = begins && (behind.length === 0 || behind[0] === sent[0]);
      return isEcho ? behind : heard;
    },
  };
}

export function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
