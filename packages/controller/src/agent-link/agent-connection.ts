import { type Clock, isPeristaError, type Log, PeristaError, type Random, randomHex } from '@perista/core';
import {
  decodeEnvelope,
  decodeEvent,
  decodeReply,
  type Envelope,
  type Event,
  encodeEnvelope,
  encodeRequest,
  errorFromFailure,
  FrameKind,
  type Frames,
  type Reply,
  type RequestKind,
} from '@perista/protocol/link';
import { failureFields } from '../log-fields.ts';

type ReplyCase = Exclude<Reply['kind']['case'], 'failure' | undefined>;
export type ReplyValue<Case extends ReplyCase> = Extract<Reply['kind'], { case: Case }>['value'];
type EventKind = Exclude<Event['kind'], { case: undefined }>;

/** Under which session a request goes out. */
export interface RequestScope {
  readonly epoch: number;
  readonly agentSession: string;
  /** Instant of the agent's clock after which it must not begin motion; 0 = none. */
  readonly deadlineMs: number;
}

export interface ConnectionCounters {
  sent: number;
  /** Replies that came after their time, or twice. */
  late: number;
  /** Frames that could not be read. */
  damaged: number;
}

interface Pending {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
}

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * One socket's life on the link to the agent: requests matched to replies by id, each with a time limit, and events
 * handed on. A request is registered before it is written; a late reply is counted and never matched to another one.
 */
export class AgentConnection {
  readonly #ports: ConnectionPorts;
  readonly #frames: Frames;
  readonly #idPrefix: string;
  readonly #pending = new Map<string, Pending>();
  readonly #onEvent: (event: EventKind, agentSession: string) => void;
  readonly counters: ConnectionCounters;
  /** Set when the other end is of another version: nothing it says can be understood. */
  mismatch: PeristaError | null = null;
  #requests = 0;

  constructor(
    ports: ConnectionPorts,
    frames: Frames,
    counters: ConnectionCounters,
    onEvent: (event: EventKind, agentSession: string) => void,
  ) {
    this.#ports = ports;
    this.#frames = frames;
    this.#idPrefix = randomHex(ports.random, 4);
    this.#onEvent = onEvent;
    this.counters = counters;
    frames.onFrame((frame) => this.#receive(frame));
  }

  /**
   * Sends at once and resolves with the expected reply.
   * @throws PeristaError E201 if it cannot be sent or nothing comes in time, or the error the agent answered with
   */
  async request<Case extends ReplyCase>(
    kind: RequestKind,
    expected: Case,
    scope: RequestScope,
    timeoutMs: number,
  ): Promise<ReplyValue<Case>> {
    return unwrap(await this.#exchange(kind, scope, timeoutMs), expected);
  }

  async close(): Promise<void> {
    for (const { reject } of this.#pending.values())
      reject(new PeristaError('E201', 'The link to the agent was closed'));
    this.#pending.clear();
    await this.#frames.close();
  }

  #exchange(kind: RequestKind, scope: RequestScope, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const requestId = `${this.#idPrefix}-${this.#requests++}`;
      const cancelTimer = this.#ports.clock.after(timeoutMs, () =>
        this.#pending
          .get(requestId)
          ?.reject(new PeristaError('E201', `The agent did not answer ${kind.case} within ${timeoutMs} ms`)),
      );
      const settled = () => {
        cancelTimer();
        this.#pending.delete(requestId);
      };
      this.#pending.set(requestId, {
        resolve(reply) {
          settled();
          resolve(reply);
        },
        reject(error) {
          settled();
          reject(error);
        },
      });
      const body = encodeRequest(kind);
      const { agentSession, deadlineMs } = scope;
      const epoch = BigInt(scope.epoch);
      const frame = encodeEnvelope({ kind: FrameKind.REQUEST, requestId, epoch, agentSession, deadlineMs, body });
      this.counters.sent++;
      if (!this.#frames.send(frame)) this.#pending.get(requestId)?.reject(new PeristaError('E201'));
    });
  }

  #receive(frame: Uint8Array): void {
    try {
      this.#accept(decodeEnvelope(frame));
    } catch (error) {
      if (!isPeristaError(error, 'E202', 'E205')) throw error;
      if (error.code === 'E202') this.#reportMismatch(error);
      else this.counters.damaged++;
      this.#ports.log.warn(failureFields(error), 'a frame from the agent could not be read');
    }
  }

  #accept(envelope: Envelope): void {
    if (envelope.kind === FrameKind.EVENT) {
      const { kind } = decodeEvent(envelope.body);
      if (kind.case !== undefined) this.#onEvent(kind, envelope.agentSession);
      return;
    }
    const pending = this.#pending.get(envelope.requestId);
    if (pending === undefined) this.counters.late++;
    else pending.resolve(decodeReply(envelope.body));
  }

  #reportMismatch(error: PeristaError): void {
    this.mismatch = error;
    for (const { reject } of this.#pending.values()) reject(error);
  }
}

function unwrap<Case extends ReplyCase>({ kind }: Reply, expected: Case): ReplyValue<Case> {
  if (kind.case === 'failure') throw errorFromFailure(kind.value);
  if (kind.case !== expected) {
    throw new PeristaError('E205', `The agent answered ${kind.case ?? 'nothing'} where ${expected} was asked for`);
  }
  return kind.value as ReplyValue<Case>;
}
