import type { Cancel, Clock, ErrorCode } from '@perista/core';
import {
  decodeEnvelope,
  decodeRequest,
  EndCause,
  type Envelope,
  type EventKind,
  encodeEnvelope,
  encodeEvent,
  encodeReply,
  FrameKind,
  type Frames,
  PumpActivity,
  type ReplyKind,
  type Request,
  type StartDose,
} from '@perista/protocol/link';
import { type Breakdown, FakeDoses } from './fake-doses.ts';
import type { FakeUnitImage } from './fake-unit-image.ts';

type Kind = NonNullable<Request['kind']['case']>;
type Body<K extends Kind> = Extract<Request['kind'], { case: K }>['value'];

/** Time that a frame takes on the way. */
const WIRE_MS = 1;
const STATE_MS = 1_000;

/**
 * The far end of the agent link for tests of the controller: it keeps what an agent keeps over a restart, turns no
 * motor, and misbehaves as it is told to. What it "gave" is the truth that the ledger is compared with.
 */
export class FakeAgent {
  /** Frames are neither taken nor sent, as with a dead process. */
  isDead = false;
  /** Requests of these kinds are lost on the way. */
  readonly lostRequests = new Set<Kind>();
  /** Requests of these kinds are carried out, but their replies are lost. */
  readonly lostReplies = new Set<Kind>();
  /** END is not told. */
  isEndLost = false;
  /** Nothing can be said of doses that were cut off. */
  isBoardSilent = false;
  replyDelayMs = 0;
  repliesTwice = false;
  protocolVersionShift = 0;
  /** The next START ends in a fault after so much. */
  nextFault: Breakdown | null = null;
  /** What START is answered with instead of moving. */
  refusal: { code: ErrorCode; message: string } | null = null;

  /** The newest START that came. */
  lastStart: StartDose | undefined;
  readonly requests: { readonly kind: Kind; readonly epoch: bigint }[] = [];

  /** The memory of the dosing unit; null: it has none. */
  image: FakeUnitImage | null = null;
  /** Times that its real-time clock was set to, ms since 1970. */
  readonly rtcSetTo: number[] = [];
  /** What that clock says; by itself it has none. */
  readRtc: () => { present: boolean; rtcUtcMs?: number; osf?: boolean } = () => ({ present: false });

  readonly #clock: Clock;
  readonly #doses: FakeDoses;
  readonly #confirmed = new Set<string>();
  readonly #faults = new Map<string, string>();
  readonly #offline = new Map<string, string>();
  #highestEpoch = 0n;
  #isLatched = false;
  #config = { hash: '', pumpIds: [] as string[] };
  #session = 1;
  #follower: ((frame: Uint8Array) => void) | null = null;
  #cancelReport: Cancel = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#doses = new FakeDoses(clock, (record) => {
      if (record.faultCode !== '') this.#faults.set(record.pumpId, record.faultCode);
      this.#tellPumps();
      this.#tell({ case: 'doseEnded', value: record });
    });
  }

  get running(): string[] {
    return this.#doses.running;
  }

  /** Volume given by each dose, and how often each was begun. */
  get givenMl(): ReadonlyMap<string, number> {
    return this.#doses.givenMl;
  }

  get motions(): ReadonlyMap<string, number> {
    return this.#doses.motions;
  }

  /** When each of them ended, on the clock that stands for true time. */
  get ends(): FakeDoses['ends'] {
    return this.#doses.ends;
  }

  /** What a dose has given by now, ml. */
  givenUntilNowMl(doseId: string): number {
    return this.#doses.givenUntilNowMl(doseId);
  }

  get isLatched(): boolean {
    return this.#isLatched;
  }

  get configHash(): string {
    return this.#config.hash;
  }

  readonly openFrames = (): Frames => {
    let isOpen = true;
    let listener = (_: Uint8Array) => {};
    const answer = (frame: Uint8Array) => this.#clock.after(WIRE_MS, () => isOpen && listener(frame));
    return {
      send: (frame) => {
        if (!isOpen || this.isDead) return !this.isDead;
        this.#clock.after(WIRE_MS, () => this.#receive(frame, answer));
        return true;
      },
      onFrame: (wanted) => {
        listener = wanted;
      },
      close: async () => {
        isOpen = false;
      },
    };
  };

  /** The process dies: what ran stops where it is and will be found by the next start. */
  kill(): void {
    this.isDead = true;
    this.#cancelReport();
    this.#doses.endAll(EndCause.RECOVERED);
    this.#follower = null;
  }

  restart(): void {
    if (!this.isDead) this.kill();
    this.isDead = false;
    this.#session++;
  }

  /** Loses its journal, as after a change of the memory card. */
  forget(): void {
    this.#doses.forget();
    this.#highestEpoch = 0n;
  }

  /** Tells of END again, as if the confirmation had not come. */
  repeatEnds(): void {
    for (const record of this.#doses.records) this.#tell({ case: 'doseEnded', value: record });
  }

  readonly #doors: { readonly [K in Kind]: (body: Body<K>, envelope: Envelope) => ReplyKind } = {
    hello: ({ emergencyStop }, { epoch, agentSession }) => {
      if (epoch > 0n && agentSession !== this.#name()) return failure('E203', 'another run was asked');
      if (epoch > this.#highestEpoch) this.#highestEpoch = epoch;
      if (emergencyStop) this.#stopAll();
      const { monotonicMs, configHash } = this.#state();
      const value = { agentVersion: 'fake', agentSession: this.#name(), highestEpoch: this.#highestEpoch };
      return { case: 'hello', value: { ...value, monotonicMs, configHash, state: this.#state() } };
    },
    startDose: (order, envelope) => this.#start(order, envelope),
    stopDose: ({ pumpId, doseId }) => {
      this.#doses.endOfPump(pumpId, doseId);
      return { case: 'stop', value: { atRest: [pumpId], unproven: [] } };
    },
    stopAll: () => {
      this.#stopAll();
      return { case: 'stop', value: { atRest: [...this.#config.pumpIds], unproven: [] } };
    },
    releaseStop: () => {
      this.#isLatched = false;
      return DONE;
    },
    query: ({ doseId }) =>
      this.isBoardSilent
        ? failure('E101', 'it was cut off and its board does not answer')
        : { case: 'query', value: { kind: this.#doses.known(doseId) ?? UNKNOWN } },
    recall: ({ after, limit }) => {
      const { records } = this.#doses;
      const from = after === '' ? 0 : Number(after);
      const doses = records.slice(from, from + limit).map((record) => ({
        record,
        ageMs: this.#clock.monotonicMs() - (this.ends.find(({ doseId }) => doseId === record.doseId)?.endMs ?? 0),
      }));
      const next = from + limit < records.length ? String(from + limit) : '';
      return { case: 'recall', value: { doses, next } };
    },
    confirm: ({ doseIds }) => {
      for (const doseId of doseIds) this.#confirmed.add(doseId);
      return DONE;
    },
    setRtc: ({ utcMs }) => {
      this.rtcSetTo.push(utcMs);
      return DONE;
    },
    getState: () => ({ case: 'state', value: this.#state() }),
    getUnitImage: () => this.#onImage((image) => ({ case: 'unitImage', value: image.reply() })),
    putDailyView: ({ channels, mark }) =>
      this.#onImage((image) => {
        image.putViews(channels, mark);
        return DONE;
      }),
    putUnitConfig: ({ pumps, configHash, image }) => {
      if (image !== undefined) {
        return this.#onImage((kept) => {
          kept.putConfig(image);
          return DONE;
        });
      }
      if (this.running.length > 0) return failure('E406', 'a dose runs');
      this.#config = { hash: configHash, pumpIds: pumps.map(({ pumpId }) => pumpId) };
      return DONE;
    },
    beat: ({ doseIds, leaseMs }) => {
      for (const doseId of doseIds) this.#doses.renew(doseId, leaseMs);
      return DONE;
    },
    clearFault: ({ pumpId }) => {
      this.#faults.delete(pumpId);
      return DONE;
    },
  };

  #onImage(use: (image: FakeUnitImage) => ReplyKind): ReplyKind {
    const { image } = this;
    if (image === null) return { case: 'unitImage', value: { isPresent: false } };
    return image.failure === null ? use(image) : failure(image.failure.code, image.failure.message);
  }

  #receive(frame: Uint8Array, answer: (frame: Uint8Array) => void): void {
    if (this.isDead) return;
    const envelope = decodeEnvelope(frame);
    const { kind } = decodeRequest(envelope.body);
    if (kind.case === undefined || this.lostRequests.has(kind.case)) return;
    this.requests.push({ kind: kind.case, epoch: envelope.epoch });
    const reply = this.#reply(kind.case, kind.value, envelope);
    if (this.lostReplies.has(kind.case)) return;
    if (kind.case === 'hello' && envelope.epoch > 0n) this.#follow(answer);
    this.#clock.after(this.replyDelayMs, () => {
      if (this.isDead) return;
      answer(this.#frame(FrameKind.REPLY, envelope.requestId, encodeReply(reply)));
      if (this.repliesTwice) answer(this.#frame(FrameKind.REPLY, envelope.requestId, encodeReply(reply)));
    });
  }

  #reply(kind: Kind, body: Body<Kind>, envelope: Envelope): ReplyKind {
    const needsSession = !['hello', 'stopDose', 'stopAll', 'getState'].includes(kind);
    const isStale = envelope.epoch !== this.#highestEpoch || envelope.agentSession !== this.#name();
    if (needsSession && isStale) return failure('E203', 'not the newest session');
    return (this.#doors[kind] as (body: Body<Kind>, envelope: Envelope) => ReplyKind)(body, envelope);
  }

  #start(order: StartDose, { deadlineMs }: Envelope): ReplyKind {
    this.lastStart = order;
    const known = this.#doses.known(order.doseId);
    if (known !== null) return { case: 'startDose', value: { kind: { case: 'known', value: { kind: known } } } };
    if (this.#isLatched) return failure('E430', 'Emergency stop is latched in the agent');
    if (this.#state().monotonicMs > deadlineMs) return failure('E204', 'too late');
    if (this.refusal !== null) return failure(this.refusal.code, this.refusal.message);
    if (!this.#config.pumpIds.includes(order.pumpId)) return failure('E404', `no pump ${order.pumpId}`);
    const fault = this.nextFault;
    this.nextFault = null;
    this.#doses.begin(order, fault);
    this.#tellPumps();
    return { case: 'startDose', value: { kind: { case: 'started', value: this.#doses.progress(order.doseId) } } };
  }

  /** The board of the pump cannot be used any more. */
  setOffline(pumpId: string, message: string): void {
    this.#offline.set(pumpId, message);
    this.#tellPumps();
  }

  #tellPumps(): void {
    for (const pump of this.#state().pumps) this.#tell({ case: 'pumpState', value: pump });
  }

  #stopAll(): void {
    this.#isLatched = true;
    this.#doses.endAll(EndCause.EMERGENCY_STOP);
  }

  #follow(answer: (frame: Uint8Array) => void): void {
    this.#follower = answer;
    this.#cancelReport();
    this.#cancelReport = this.#clock.after(STATE_MS, () => this.#report());
  }

  #report(): void {
    this.#cancelReport = this.#clock.after(STATE_MS, () => this.#report());
    this.#tell({ case: 'agentState', value: this.#state() });
    for (const pumpId of this.#config.pumpIds) {
      this.#tell({
        case: 'sensorState',
        value: { pumpId, positionCounts: 4711, enabled: true, lineAnswered: 9, lineLost: 1 },
      });
    }
    for (const doseId of this.running) this.#tell({ case: 'doseProgress', value: this.#doses.progress(doseId) });
    for (const record of this.#doses.records) {
      if (!this.#confirmed.has(record.doseId)) this.#tell({ case: 'doseEnded', value: record });
    }
  }

  #state() {
    const { runningPumps } = this.#doses;
    const pumps = this.#config.pumpIds.map((pumpId) => {
      const offline = this.#offline.get(pumpId);
      if (offline !== undefined) {
        return { pumpId, activity: PumpActivity.OFFLINE, doseId: '', faultCode: '', faultMessage: offline };
      }
      const faultCode = this.#faults.get(pumpId) ?? '';
      const moving = runningPumps.has(pumpId) ? PumpActivity.RUNNING : PumpActivity.IDLE;
      const activity = faultCode === '' ? moving : PumpActivity.FAULT;
      return { pumpId, activity, doseId: '', faultCode, faultMessage: faultCode === '' ? '' : 'it broke' };
    });
    const monotonicMs = this.#clock.monotonicMs() + this.#session * 1_000_000;
    return { emergencyStop: this.#isLatched, pumps, monotonicMs, configHash: this.#config.hash, rtc: this.readRtc() };
  }

  #tell(event: EventKind): void {
    if (this.isDead || (this.isEndLost && event.case === 'doseEnded')) return;
    this.#follower?.(this.#frame(FrameKind.EVENT, '', encodeEvent(event)));
  }

  #frame(kind: FrameKind, requestId: string, body: Uint8Array): Uint8Array {
    const frame = encodeEnvelope({
      kind,
      requestId,
      epoch: this.#highestEpoch,
      agentSession: this.#name(),
      deadlineMs: 0,
      body,
    });
    // The version is the first field of the envelope, a varint after its tag.
    if (this.protocolVersionShift !== 0) frame[1] = (frame[1] ?? 0) + this.protocolVersionShift;
    return frame;
  }

  #name(): string {
    return `run-${this.#session}`;
  }
}

const DONE: ReplyKind = { case: 'done', value: {} };
const UNKNOWN = { case: 'unknown' as const, value: {} };
const failure = (code: ErrorCode, message: string): ReplyKind => ({ case: 'failure', value: { code, message } });
