import { assert, type Clock } from '@perista/core';
import {
  decodeEnvelope,
  decodeEvent,
  decodeReply,
  type Event,
  encodeEnvelope,
  encodeRequest,
  FrameKind,
  type Frames,
  type Reply,
  type RequestKind,
} from '@perista/protocol/link';

/** What a request claims to be; the controller's own session where it is not said otherwise. */
export interface Claims {
  readonly epoch?: bigint;
  readonly session?: string;
  readonly deadlineMs?: number;
  readonly requestId?: string;
}

type AnyEvent = Exclude<Event['kind'], { case: undefined }>;
type EventCase = AnyEvent['case'];
type EventValues = { [E in AnyEvent as E['case']]: E['value'] };
type ReplyOf<Case extends Reply['kind']['case']> = Extract<Reply['kind'], { case: Case }>['value'];

/** The other end of the link, made for asking anything in any way. */
export class FakeController {
  readonly events: AnyEvent[] = [];
  readonly #frames: Frames;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, (reply: Reply['kind']) => void>();
  #requests = 0;
  epoch = 0n;
  session = '';

  constructor(frames: Frames, clock: Clock) {
    this.#frames = frames;
    this.#clock = clock;
    frames.onFrame((frame) => this.#hear(frame));
  }

  ask(kind: RequestKind, claims: Claims = {}): Promise<Reply['kind']> {
    const requestId = claims.requestId ?? `${this.epoch}-${++this.#requests}`;
    const reply = new Promise<Reply['kind']>((resolve) => this.#waiting.set(requestId, resolve));
    this.#frames.send(this.frame(kind, { ...claims, requestId }));
    return reply;
  }

  /** Asks without waiting for the answer. */
  tell(kind: RequestKind, claims: Claims = {}): void {
    this.sendRaw(this.frame(kind, { ...claims, requestId: claims.requestId ?? `${this.epoch}-${++this.#requests}` }));
  }

  /** The frame of a request, to be spoiled or sent again. */
  frame(kind: RequestKind, claims: Claims): Uint8Array {
    return encodeEnvelope({
      kind: FrameKind.REQUEST,
      requestId: claims.requestId ?? '',
      epoch: claims.epoch ?? this.epoch,
      agentSession: claims.session ?? this.session,
      deadlineMs: claims.deadlineMs ?? this.#clock.monotonicMs() + 30_000,
      body: encodeRequest(kind),
    });
  }

  sendRaw(frame: Uint8Array): void {
    this.#frames.send(frame);
  }

  /** Opens a session under `epoch` with the run of the agent that is there. */
  async hello(epoch: bigint, emergencyStop = false): Promise<ReplyOf<'hello'>> {
    const first = await this.#sayHello({ epoch: 0n, session: '' }, emergencyStop);
    this.session = first.agentSession;
    this.epoch = epoch;
    return epoch === 0n ? first : this.#sayHello({}, emergencyStop);
  }

  async #sayHello(claims: Claims, emergencyStop: boolean): Promise<ReplyOf<'hello'>> {
    const reply = await this.ask({ case: 'hello', value: { emergencyStop } }, claims);
    assert(reply.case === 'hello', `Hello was answered with ${reply.case}`);
    return reply.value;
  }

  /** All events of one kind that came so far. */
  heard<Case extends EventCase>(wanted: Case): EventValues[Case][] {
    return this.events.filter((event) => event.case === wanted).map((event) => event.value as EventValues[Case]);
  }

  #hear(frame: Uint8Array): void {
    const envelope = decodeEnvelope(frame);
    if (envelope.kind === FrameKind.EVENT) {
      const { kind } = decodeEvent(envelope.body);
      if (kind.case !== undefined) this.events.push(kind);
      return;
    }
    this.#waiting.get(envelope.requestId)?.(decodeReply(envelope.body).kind);
  }
}
