import { type JournalStorage, MemoryJournalStorage, startAgent } from '@perista/agent';
import { seededRandom, silentLog, VirtualClock } from '@perista/core';
import {
  decodeEnvelope,
  decodeReply,
  encodeEnvelope,
  encodeRequest,
  FrameKind,
  type PeerFrames,
  type Reply,
  type RequestKind,
} from '@perista/protocol/link';
import { boardOf, DEFAULT_EMULATED_PUMPS, type EmulatedBoard, type EmulatedPump, fakeLine } from '@perista/simulator';

const LONGEST_ANSWER_MS = 120_000;
const BAUD = 38_400;
const never = () => new Promise<never>(() => {});

/** What one run of the agent holds; once killed, nothing of it acts any more. */
interface Life {
  isOver: boolean;
  onFrame: (peer: string, frame: Uint8Array) => void;
}

/** The real agent with the real driver on an emulated board, in virtual time; it can be killed at any instant. */
export class VirtualAgent {
  readonly clock = new VirtualClock({ wallMs: 1.8e12, settle: () => new Promise((resolve) => setImmediate(resolve)) });
  readonly board: EmulatedBoard;
  readonly bugs: unknown[] = [];
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  #life: Life = { isOver: true, onFrame: () => {} };
  #epoch = 0n;
  #session = '';
  #requests = 0;

  constructor(seed: number, change: Partial<EmulatedPump>) {
    const [pump] = DEFAULT_EMULATED_PUMPS;
    if (pump === undefined) throw new Error('there is an emulated pump');
    this.board = boardOf({ ...pump, ...change }, { clock: this.clock, random: seededRandom(seed) });
  }

  /** Starts a run of the agent and opens a session with it. */
  async start(): Promise<void> {
    const life: Life = { isOver: false, onFrame: () => {} };
    this.#life = life;
    await this.live(
      startAgent({
        clock: this.clock,
        random: seededRandom(this.#requests + 1),
        log: silentLog,
        version: 'test',
        storage: fenced(new MemoryJournalStorage(this.#blobs), life),
        openLine: () => ({ baud: BAUD, open: async () => (life.isOver ? never() : this.#port(life)) }),
        openFrames: async () => this.#frames(life),
        onBroken: (bug) => this.bugs.push(bug),
      }),
    );
    const epoch = this.#epoch + 1n;
    this.#epoch = 0n;
    this.#session = '';
    this.#session = await this.#hello();
    this.#epoch = epoch;
    await this.#hello();
  }

  async #hello(): Promise<string> {
    const { kind } = await this.ask({ case: 'hello', value: {} });
    if (kind.case !== 'hello') throw new Error(`Hello was answered with ${kind.case}`);
    return kind.value.agentSession;
  }

  kill(): void {
    this.#life.isOver = true;
  }

  /** Sends a request and lives on until it is answered. */
  ask(kind: RequestKind): Promise<Reply> {
    return this.live(this.tell(kind));
  }

  /** Sends a request now; the answer may be waited for later. */
  tell(kind: RequestKind): Promise<Reply> {
    const requestId = `r${this.#requests++}`;
    const frame = encodeEnvelope({
      kind: FrameKind.REQUEST,
      requestId,
      epoch: this.#epoch,
      agentSession: this.#session,
      deadlineMs: this.clock.monotonicMs() + LONGEST_ANSWER_MS,
      body: encodeRequest(kind),
    });
    const answered = new Promise<Reply>((resolve) => this.#waiting.set(requestId, resolve));
    if (!this.#life.isOver) this.#life.onFrame('controller', frame);
    return answered;
  }

  live<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise, LONGEST_ANSWER_MS);
  }

  #port(life: Life) {
    const port = fakeLine([this.board], this.clock);
    return {
      ...port,
      write: (bytes: Uint8Array) => (life.isOver ? never() : port.write(bytes)),
      onData: (listener: (bytes: Uint8Array) => void) => port.onData((bytes) => !life.isOver && listener(bytes)),
    };
  }

  #frames(life: Life): PeerFrames {
    return {
      send: (_, frame) => {
        const envelope = decodeEnvelope(frame);
        if (life.isOver || envelope.kind !== FrameKind.REPLY) return !life.isOver;
        this.#waiting.get(envelope.requestId)?.(decodeReply(envelope.body));
        return true;
      },
      onFrame: (listener) => {
        life.onFrame = listener;
      },
      close: async () => {},
    };
  }
}

/** A medium that a dead process cannot write to any more. */
function fenced(storage: JournalStorage, life: Life): JournalStorage {
  return {
    list: () => (life.isOver ? never() : storage.list()),
    read: (name) => (life.isOver ? never() : storage.read(name)),
    write: (name, bytes) => (life.isOver ? never() : storage.write(name, bytes)),
    remove: (name) => (life.isOver ? never() : storage.remove(name)),
    close: async () => {},
  };
}
