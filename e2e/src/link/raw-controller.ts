import { zmqDealerFrames } from '@perista/controller';
import { randomHex, seededRandom, silentLog } from '@perista/core';
import {
  decodeEnvelope,
  decodeReply,
  encodeEnvelope,
  encodeRequest,
  FrameKind,
  type HelloReply,
  type Reply,
  type RequestKind,
} from '@perista/protocol/link';
import { afterEach } from 'vitest';
import { until } from '../harness/index.ts';

const ANSWER_LIMIT_MS = 5_000;
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** What of a request's envelope a test may want to be wrong. */
export interface Scope {
  readonly epoch: bigint;
  readonly agentSession: string;
  readonly deadlineMs: number;
}

/** A controller that says exactly what a test wants over a real ZeroMQ socket, and keeps all that comes back. */
export class RawController {
  readonly #frames;
  readonly #random = seededRandom(opened.length + 1);
  readonly replies: { requestId: string; reply: Reply }[] = [];
  #scope: Scope = { epoch: 0n, agentSession: '', deadlineMs: 0 };

  constructor(endpoint: string) {
    this.#frames = zmqDealerFrames(endpoint, silentLog);
    opened.push(this.#frames);
    this.#frames.onFrame((frame) => {
      const envelope = decodeEnvelope(frame);
      if (envelope.kind !== FrameKind.REPLY) return;
      this.replies.push({ requestId: envelope.requestId, reply: decodeReply(envelope.body) });
    });
  }

  get scope(): Scope {
    return this.#scope;
  }

  /** Says Hello under `epoch` until it is answered; later requests go out under it. */
  async hello(epoch: bigint): Promise<HelloReply> {
    const { agentSession } = await this.#sayHello(0n, '');
    const answer = await this.#sayHello(epoch, agentSession);
    this.#scope = { epoch, agentSession, deadlineMs: 0 };
    return answer;
  }

  #sayHello(epoch: bigint, agentSession: string): Promise<HelloReply> {
    return until(
      async () => {
        const reply = await this.ask({ case: 'hello', value: {} }, { epoch, agentSession, deadlineMs: 0 }, 500);
        return reply.kind.case === 'hello' && reply.kind.value;
      },
      ANSWER_LIMIT_MS,
      'an answer to Hello',
    );
  }

  /** One frame of a request. */
  frame(kind: RequestKind, scope: Partial<Scope> = {}, requestId = randomHex(this.#random, 8)): Uint8Array {
    const fields = { ...this.#scope, ...scope };
    return encodeEnvelope({ ...fields, kind: FrameKind.REQUEST, requestId, body: encodeRequest(kind) });
  }

  sendFrame(frame: Uint8Array): void {
    this.#frames.send(frame);
  }

  /** Sends a request and waits for its answer. */
  async ask(kind: RequestKind, scope: Partial<Scope> = {}, limitMs = ANSWER_LIMIT_MS): Promise<Reply> {
    const requestId = randomHex(this.#random, 8);
    this.sendFrame(this.frame(kind, scope, requestId));
    return this.answerTo(requestId, limitMs);
  }

  answerTo(requestId: string, limitMs = ANSWER_LIMIT_MS): Promise<Reply> {
    return until(
      () => this.replies.find((one) => one.requestId === requestId)?.reply,
      limitMs,
      `an answer to ${requestId}`,
    );
  }
}
