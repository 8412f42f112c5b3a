import { isPeristaError, PeristaError } from '@perista/core';
import {
  decodeEnvelope,
  decodeRequest,
  type Envelope,
  encodeEnvelope,
  encodeReply,
  FrameKind,
  type PeerFrames,
  type ReplyKind,
  type Request,
} from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import { agentState } from './agent-state.ts';
import { beat, confirm, query, startDose } from './dose-doors.ts';
import type { EventPublisher } from './event-publisher.ts';
import { hello } from './hello-door.ts';
import { getUnitImage, putDailyView } from './image-doors.ts';
import { recall } from './recall-door.ts';
import { ReplyCache } from './reply-cache.ts';
import { clearFault, putUnitConfig, releaseStop, setRtc, stopAll, stopDose } from './unit-doors.ts';

type Kind = NonNullable<Request['kind']['case']>;
type Body<K extends Kind> = Extract<Request['kind'], { case: K }>['value'];
type Answer = ReplyKind | Promise<ReplyKind>;

interface Door<K extends Kind> {
  /** Whether the request must come under the newest epoch and to this run of the agent. */
  readonly needsSession: boolean;
  open(context: AgentContext, body: Body<K>, envelope: Envelope): Answer;
}

const DOORS: { readonly [K in Kind]: Door<K> } = {
  hello: { needsSession: false, open: hello },
  stopDose: { needsSession: false, open: stopDose },
  stopAll: { needsSession: false, open: stopAll },
  getState: { needsSession: false, open: (context) => ({ case: 'state', value: agentState(context) }) },
  startDose: { needsSession: true, open: startDose },
  query: { needsSession: true, open: query },
  recall: { needsSession: true, open: recall },
  confirm: { needsSession: true, open: confirm },
  beat: { needsSession: true, open: beat },
  putUnitConfig: { needsSession: true, open: putUnitConfig },
  getUnitImage: { needsSession: true, open: getUnitImage },
  putDailyView: { needsSession: true, open: putDailyView },
  releaseStop: { needsSession: true, open: releaseStop },
  clearFault: { needsSession: true, open: clearFault },
  setRtc: { needsSession: true, open: setRtc },
};

/** The agent's end of the link: every request is answered, each is carried out once, damaged frames are dropped. */
export class AgentServer {
  readonly #context: AgentContext;
  readonly #frames: PeerFrames;
  readonly #publisher: EventPublisher;
  readonly #replies = new ReplyCache();
  #damagedFrames = 0;

  constructor(context: AgentContext, frames: PeerFrames, publisher: EventPublisher) {
    this.#context = context;
    this.#frames = frames;
    this.#publisher = publisher;
  }

  start(): void {
    this.#frames.onFrame((peer, frame) => {
      this.#onFrame(peer, frame).catch(this.#context.onBroken);
    });
  }

  async #onFrame(peer: string, frame: Uint8Array): Promise<void> {
    const envelope = this.#decode(peer, frame);
    if (envelope === null || envelope.kind !== FrameKind.REQUEST || envelope.requestId === '') return;
    const request = `${envelope.epoch}/${envelope.requestId}`;
    const reply = await this.#replies.once(request, async () => {
      const answer = await this.#answer(peer, envelope);
      return this.#replyFrame(envelope.requestId, answer);
    });
    this.#frames.send(peer, reply);
  }

  /** Null for a frame that is dropped. A foreign version gets an answer that shows ours. */
  #decode(peer: string, frame: Uint8Array): Envelope | null {
    try {
      return decodeEnvelope(frame);
    } catch (thrown) {
      if (!isPeristaError(thrown)) throw thrown;
      if (thrown.code === 'E202') {
        this.#context.log.error({ code: thrown.code, ...thrown.details }, thrown.message);
        this.#frames.send(peer, this.#replyFrame('', failureReply(thrown)));
      } else {
        this.#context.log.warn({ code: thrown.code, dropped: ++this.#damagedFrames }, 'damaged frame dropped');
      }
      return null;
    }
  }

  async #answer(peer: string, envelope: Envelope): Promise<ReplyKind> {
    try {
      const { kind } = decodeRequest(envelope.body);
      if (kind.case === undefined) throw new PeristaError('E402', 'The request has no kind that this agent knows');
      const door = DOORS[kind.case] as Door<Kind>;
      if (door.needsSession) this.#checkSession(envelope);
      const answer = await door.open(this.#context, kind.value, envelope);
      if (kind.case === 'hello' && envelope.epoch > 0n) this.#publisher.follow(peer);
      return answer;
    } catch (thrown) {
      if (isPeristaError(thrown)) return failureReply(thrown);
      throw thrown;
    }
  }

  #checkSession({ epoch, agentSession }: Envelope): void {
    const { epoch: newest, session } = this.#context;
    if (!newest.admits(epoch)) throw new PeristaError('E203', `Epoch ${epoch} is not the newest controller session`);
    if (agentSession !== session) throw new PeristaError('E203', 'The order was meant for an earlier run of the agent');
  }

  #replyFrame(requestId: string, answer: ReplyKind): Uint8Array {
    const { epoch, session } = this.#context;
    return encodeEnvelope({
      kind: FrameKind.REPLY,
      requestId,
      epoch: epoch.highest,
      agentSession: session,
      deadlineMs: 0,
      body: encodeReply(answer),
    });
  }
}

const failureReply = ({ code, message }: PeristaError): ReplyKind => ({ case: 'failure', value: { code, message } });
