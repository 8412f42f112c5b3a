import { type Cancel, type Clock, type ErrorCode, RELAY_PULSES_PER_REV } from '@perista/core';
import {
  Direction,
  type DoseProgress,
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
import type { FakeUnitImage } from './fake-unit-image.ts';

type Kind = NonNullable<Request['kind']['case']>;
type Body<K extends Kind> = Extract<Request['kind'], { case: K }>['value'];
type WireRecord = Extract<EventKind, { case: 'doseEnded' }>['value'];

interface RunningDose {
  readonly order: StartDose;
  readonly totalMl: number;
  readonly startedMs: number;
  readonly stopAt: { readonly ml: number; readonly cause: EndCause; readonly code: string } | null;
  cancelEnd: Cancel;
  cancelLease: Cancel;
}

/** Time that a frame takes on the way. */
const WIRE_MS = 1;
const STATE_MS = 1_000;
const STEPPER_PULSES_PER_REV = 200 * 16;
/** By their names, as a first start gives them. */
const pulsesPerRev = (pumpId: string) => (pumpId.startsWith('relay-') ? RELAY_PULSES_PER_REV : STEPPER_PULSES_PER_REV);

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
  nextFault: { ml: number; code: ErrorCode } | null = null;
  /** What START is answered with instead of moving. */
  refusal: { code: ErrorCode; message: string } | null = null;

  /** Volume given by each dose, and how often each was begun. */
  readonly givenMl = new Map<string, number>();
  readonly motions = new Map<string, number>();
  /** When each of them ended, on the clock that stands for true time. */
  readonly ends: { readonly doseId: string; readonly pumpId: string; readonly endMs: number }[] = [];
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
  readonly #records = new Map<string, WireRecord>();
  readonly #confirmed = new Set<string>();
  readonly #running = new Map<string, RunningDose>();
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
  }

  get running(): string[] {
    return [...this.#running.keys()];
  }

  /** What a dose has given by now, ml. */
  givenUntilNowMl(doseId: string): number {
    const running = this.#running.get(doseId);
    return running === undefined ? (this.givenMl.get(doseId) ?? 0) : this.#soFarMl(running);
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
    for (const doseId of this.running) this.#end(doseId, EndCause.RECOVERED);
    this.#follower = null;
  }

  restart(): void {
    if (!this.isDead) this.kill();
    this.isDead = false;
    this.#session++;
  }

  /** Loses its journal, as after a change of the memory card. */
  forget(): void {
    this.#records.clear();
    this.#highestEpoch = 0n;
  }

  /** Tells of END again, as if the confirmation had not come. */
  repeatEnds(): void {
    for (const record of this.#records.values()) this.#tell({ case: 'doseEnded', value: record });
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
      for (const [id, { order }] of this.#running) {
        if (order.pumpId === pumpId && (doseId === '' || doseId === id)) this.#end(id, EndCause.STOP);
      }
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
        : { case: 'query', value: { kind: this.#known(doseId) ?? UNKNOWN } },
    recall: ({ after, limit }) => {
      const records = [...this.#records.values()];
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
      if (this.#running.size > 0) return failure('E406', 'a dose runs');
      this.#config = { hash: configHash, pumpIds: pumps.map(({ pumpId }) => pumpId) };
      return DONE;
    },
    beat: ({ doseIds, leaseMs }) => {
      for (const doseId of doseIds) this.#renew(doseId, leaseMs);
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
    const known = this.#known(order.doseId);
    if (known !== null) return { case: 'startDose', value: { kind: { case: 'known', value: { kind: known } } } };
    if (this.#isLatched) return failure('E430', 'Emergency stop is latched in the agent');
    if (this.#state().monotonicMs > deadlineMs) return failure('E204', 'too late');
    if (this.refusal !== null) return failure(this.refusal.code, this.refusal.message);
    if (!this.#config.pumpIds.includes(order.pumpId)) return failure('E404', `no pump ${order.pumpId}`);
    const fault = this.nextFault;
    this.nextFault = null;
    const totalMl = ((order.motion?.pulses ?? 0) / pulsesPerRev(order.pumpId)) * order.mlPerRev;
    const durationMs = order.motion?.durationMs ?? 0;
    const stopAt = fault && { ml: fault.ml, cause: EndCause.FAULT, code: fault.code };
    const endsInMs = stopAt === null ? durationMs : (stopAt.ml / totalMl) * durationMs;
    const { doseId } = order;
    this.motions.set(doseId, (this.motions.get(doseId) ?? 0) + 1);
    this.#running.set(doseId, {
      order,
      totalMl,
      startedMs: this.#clock.monotonicMs(),
      stopAt,
      cancelEnd: this.#clock.after(endsInMs, () => this.#end(doseId, stopAt?.cause ?? EndCause.TARGET)),
      cancelLease: () => {},
    });
    this.#renew(doseId, order.leaseMs);
    this.#tellPumps();
    return { case: 'startDose', value: { kind: { case: 'started', value: this.#progress(doseId) } } };
  }

  #renew(doseId: string, leaseMs: number): void {
    const dose = this.#running.get(doseId);
    if (dose === undefined) return;
    dose.cancelLease();
    dose.cancelLease = this.#clock.after(leaseMs, () => this.#end(doseId, EndCause.LEASE_LOST));
  }

  #end(doseId: string, cause: EndCause): void {
    const dose = this.#running.get(doseId);
    if (dose === undefined) return;
    dose.cancelEnd();
    dose.cancelLease();
    const ml = cause === EndCause.TARGET ? dose.totalMl : this.#soFarMl(dose);
    const { pumpId } = dose.order;
    const faultCode = cause === EndCause.FAULT ? (dose.stopAt?.code ?? '') : '';
    const durationMs = this.#clock.monotonicMs() - dose.startedMs;
    const { isCalibrated } = dose.order;
    const record = {
      ...{ doseId, pumpId, cause, loMl: ml, hiMl: ml, faultCode, faultMessage: 'it broke', durationMs, isCalibrated },
      direction: dose.order.motion?.direction ?? Direction.FORWARD,
    };
    this.#running.delete(doseId);
    this.givenMl.set(doseId, ml);
    this.ends.push({ doseId, pumpId, endMs: this.#clock.monotonicMs() });
    this.#records.set(doseId, record);
    if (faultCode !== '') this.#faults.set(pumpId, faultCode);
    this.#tellPumps();
    this.#tell({ case: 'doseEnded', value: record });
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
    for (const doseId of this.running) this.#end(doseId, EndCause.EMERGENCY_STOP);
  }

  #soFarMl({ startedMs, order, totalMl, stopAt }: RunningDose): number {
    const part = (this.#clock.monotonicMs() - startedMs) / (order.motion?.durationMs ?? 1);
    return Math.min(totalMl * Math.min(1, part), stopAt?.ml ?? totalMl);
  }

  #known(doseId: string) {
    if (this.#running.has(doseId)) return { case: 'running' as const, value: this.#progress(doseId) };
    const record = this.#records.get(doseId);
    return record === undefined ? null : { case: 'record' as const, value: record };
  }

  #progress(doseId: string): Omit<DoseProgress, '$typeName' | '$unknown'> {
    const dose = this.#running.get(doseId);
    const elapsedS = dose === undefined ? 0 : (this.#clock.monotonicMs() - dose.startedMs) / 1000;
    const remainingS = (dose?.order.motion?.durationMs ?? 0) / 1000 - elapsedS;
    const deliveredMl = dose === undefined ? 0 : this.#soFarMl(dose);
    return { doseId, pumpId: dose?.order.pumpId ?? '', deliveredMl, remainingS, elapsedS };
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
    for (const doseId of this.running) this.#tell({ case: 'doseProgress', value: this.#progress(doseId) });
    for (const [doseId, record] of this.#records) {
      if (!this.#confirmed.has(doseId)) this.#tell({ case: 'doseEnded', value: record });
    }
  }

  #state() {
    const runningPumps = new Set([...this.#running.values()].map(({ order }) => order.pumpId));
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
