import { type DoseStart, decodeRecord, type JournalledDose, type JournalledTick } from '@perista/agent';
import type { Store } from '@perista/controller';
import { type Random, RELAY_PULSES_PER_REV, seededRandom, sleep, VirtualClock } from '@perista/core';
import type { SerialPort } from '@perista/drivers';
import { RELAY_GROUP } from '@perista/protocol/api';
import { decodeEnvelope, decodeRequest } from '@perista/protocol/link';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import { Checker } from '../checker/checker.ts';
import { Chronicle, type PumpInTruth } from '../checker/chronicle.ts';
import type { Books, Happening, ProcessName } from '../checker/happening.ts';
import type { Invariant } from '../checker/invariant.ts';
import { LedgerReader } from '../checker/ledger-dose.ts';
import { PlanReader } from '../checker/plan-reader.ts';
import { readBooks } from '../checker/read-books.ts';
import { ScheduleReader } from '../checker/schedule-reader.ts';
import { SinkReader, waitingFor } from '../checker/sink-reader.ts';
import type { MachineTime } from '../checker/time-trust.ts';
import { boardOf } from '../emulated-pump.ts';
import { MqttUsers } from '../outside/mqtt-users.ts';
import { NOBODY_OUTSIDE, type OutsidePlan, planOutside } from '../outside/outside-plan.ts';
import { Peers } from '../outside/peers.ts';
import { untrueState } from '../outside/retained-states.ts';
import { AgentLink } from './agent-link.ts';
import { type AgentRun, startAgentRun } from './agent-run.ts';
import type { Composition } from './composition.ts';
import { type ControllerRun, startControllerRun } from './controller-run.ts';
import { type GuardRun, startGuardRun } from './guard-run.ts';
import type { Browser } from './http-door.ts';
import { JournalMedium } from './journal-medium.ts';
import { LedgerFile } from './ledger-file.ts';
import type { Life } from './life.ts';
import { LineOwner } from './line-owner.ts';
import { RelayPlant } from './relay-plant.ts';
import { type PlannedChannel, planRelays } from './relay-unit-plan.ts';
import { NO_CALENDAR, type PlannedCalendar, planCalendar } from './schedule-plan.ts';
import type { Surroundings } from './surroundings.ts';
import { planUnit, type UnitPlan } from './unit-plan.ts';

/** A launcher starts again what has died. */
const RESTART_MS = 250;
/** From the end of agent and guard until the service has turned off what they left on. */
const STOP_HOOK_MS = 250;
const DOSE_BLOB = /^dose\.[A-Za-z0-9_-]+\..+\.b$/;
const TICK_BLOB = /^tick\.([A-Za-z0-9_-]+)\.\d$/;

/** Promises that a timer woke have run when this comes back, also those of the HTTP server. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The same for far less, where there is no HTTP server. */
const shortTurn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
/** Node tells of errors that nobody caught only between turns of its loop: so each of so many moments ends with one. */
const LONG_TURN_EVERY = 16;

/** To ask whether what the broker retains is true costs a look at each pump: what was not is asked again after so long. */
const UNTRUE_AGAIN_MS = 500;

/** Turns of the real event loop granted to work that takes no virtual time; far more than any needs. */
const MOST_TURNS = 20_000;

export interface WorldOptions {
  readonly seed: number;
  readonly composition: Composition;
  readonly invariants: readonly Invariant[];
  /** Pumps behind relays and their plans; default as the seed has them. */
  readonly channels?: readonly PlannedChannel[];
  /** Schedules, and when the world begins; default as the seed has them, none where channels are given. */
  readonly calendar?: PlannedCalendar;
  /** Whom the unit tells; default as the seed has it, nobody where channels or schedules are given. */
  readonly outside?: OutsidePlan;
}

/**
 * One unit with all that surrounds it: the real controller and the real agent, the real database, emulated boards that
 * turn, a clock that jumps, and somebody who watches all of it. Processes die here at any call and come back.
 */
export class UnitWorld implements Surroundings {
  readonly clock = new VirtualClock({
    wallMs: NO_CALENDAR.beginsMs,
    settle: () => {
      if (this.#timeless > 0) return this.#settle();
      const isLong = this.plan.door === 'http' || ++this.#turns % LONG_TURN_EVERY === 0;
      return isLong ? turn() : shortTurn();
    },
  });
  readonly plan: UnitPlan;
  readonly boards = new Map<string, EmulatedBoard>();
  readonly link: AgentLink;
  readonly medium: JournalMedium;
  readonly ledger: LedgerFile;
  readonly chronicle: Chronicle;
  readonly checker: Checker;
  readonly composition: Composition;
  readonly browser: Browser = { cookie: null };
  readonly relays: RelayPlant | null;
  readonly mqttUsers: MqttUsers | null;
  readonly peers: Peers;
  readonly lineOwner = new LineOwner();
  readonly #seed: number;
  readonly #reader = new LedgerReader();
  readonly #plans = new PlanReader();
  readonly #schedules = new ScheduleReader();
  readonly #sinks = new SinkReader();
  #highWaterMs = 0;
  #accepted = '';
  #boots = 1;
  machineTime: MachineTime = { bootId: 'boot-1', isSynchronised: true };
  #runs = 0;
  agent: AgentRun | null = null;
  controller: ControllerRun | null = null;
  guard: GuardRun | null = null;
  /** What happens next when somebody has taken what the unit tells. */
  ambush: (() => void) | null = null;
  /** Nobody brings them up again while this is more than 0. */
  agentHolds = 0;
  controllerHolds = 0;
  /** Bytes of boards reach the agent so much later, ms. */
  lineLagMs = 0;
  #isOver = false;
  #timeless = 0;
  #turns = 0;
  #untrue: { readonly why: string; readonly atMs: number } | null = null;

  constructor({ seed, composition, invariants, channels: given, calendar, outside }: WorldOptions) {
    this.#seed = seed;
    this.composition = composition;
    const channelsHere = given ?? planRelays(this.chance('relays'));
    const hasOwn = given === undefined && calendar === undefined;
    this.plan = planUnit(this.chance('plan'), {
      channels: channelsHere,
      calendar: hasOwn ? planCalendar(this.chance('calendar')) : (calendar ?? NO_CALENDAR),
      outside: hasOwn ? planOutside(this.chance('outside'), channelsHere !== null) : (outside ?? NOBODY_OUTSIDE),
    });
    this.clock.stepWall(this.plan.calendar.beginsMs - this.clock.wallMs());
    for (const pump of this.plan.pumps) {
      this.boards.set(pump.id, boardOf(pump, { clock: this.clock, random: this.chance(`board ${pump.id}`) }));
    }
    const { channels } = this.plan;
    const onDriven = (on: readonly number[]) => this.tell({ kind: 'relays-driven', channels: on });
    this.relays = channels === null ? null : new RelayPlant(this.clock, channels.length, onDriven);
    this.mqttUsers = this.plan.outside.hasBroker ? this.#meetUsers() : null;
    this.peers = new Peers(this.clock, (taken) => {
      this.tell({ kind: 'peer-took', ...taken });
      this.ambush?.();
    });
    this.link = new AgentLink(this.clock, this.chance('link'), (way, frame) => this.#onArrival(way, frame));
    this.medium = new JournalMedium(this.clock, this.chance('medium'), (name, bytes) => this.#onBlob(name, bytes));
    this.ledger = new LedgerFile(this.chance('disk'), (store, statements) => this.#onCommit(store, statements));
    this.chronicle = new Chronicle({
      pumps: [...this.#steppersInTruth(), ...this.#relaysInTruth()],
      nowMs: () => this.clock.monotonicMs(),
      wallMs: () => this.clock.wallMs(),
      machineTime: () => this.machineTime,
    });
    this.checker = new Checker(this.chronicle, invariants);
  }

  #meetUsers(): MqttUsers {
    const tell = (happening: Happening) => {
      this.tell(happening);
      if (happening.kind === 'mqtt-taken') this.ambush?.();
    };
    return new MqttUsers({ clock: this.clock, tell, releaseAskedMs: () => this.chronicle.releaseAskedMs });
  }

  #steppersInTruth(): PumpInTruth[] {
    return this.plan.pumps.map(({ id, microstep, stepsPerRev }) => {
      const board = this.board(id);
      return {
        pumpId: id,
        pulsesPerRev: microstep * stepsPerRev,
        isInverted: this.plan.firstPumps.some(
          (pump) => pump.id === id && pump.hardware.kind === 'servo42c' && pump.hardware.invert,
        ),
        isRelay: false,
        group: this.plan.hasGroup ? 'both' : null,
        turns: () => board.turns(),
        isMoving: () => board.turning(),
      };
    });
  }

  /** What a relay pump turns is how long its relay was on. */
  #relaysInTruth(): PumpInTruth[] {
    const { relays } = this;
    if (relays === null) return [];
    return (this.plan.channels ?? []).map(({ pumpId, channel }) => ({
      pumpId,
      pulsesPerRev: RELAY_PULSES_PER_REV,
      isInverted: false,
      isRelay: true,
      group: RELAY_GROUP,
      turns: () => relays.onMs(channel) / RELAY_PULSES_PER_REV,
      isMoving: () => relays.isOn(channel),
    }));
  }

  /** Chance of its own for each purpose, so that one actor does not move the dice of another. */
  chance(purpose: string): Random {
    let hash = Math.imul(this.#seed, 0x9e3779b1) | 0;
    for (let at = 0; at < purpose.length; at++) hash = Math.imul(hash ^ purpose.charCodeAt(at), 0x01000193);
    return seededRandom(hash);
  }

  board(pumpId: string): EmulatedBoard {
    const board = this.boards.get(pumpId);
    if (board === undefined) throw new Error(`the world has no pump ${pumpId}`);
    return board;
  }

  tell(happening: Happening): void {
    this.checker.tell(happening);
  }

  startAgent(): void {
    if (this.#isOver || this.agentHolds > 0 || (this.agent !== null && !this.agent.life.isOver)) return;
    const run = ++this.#runs;
    this.tell({ kind: 'process-began', process: 'agent', run });
    this.agent = startAgentRun(this, run);
    this.agent.life.onEnd(() => {
      this.#turnOffUnguarded();
      this.clock.after(RESTART_MS, () => this.startAgent());
    });
  }

  startController(): void {
    if (this.#isOver || this.controllerHolds > 0 || this.controller?.life.isOver === false) return;
    const run = ++this.#runs;
    this.tell({ kind: 'process-began', process: 'controller', run });
    this.controller = startControllerRun(this, { run, process: 'controller', file: undefined });
    this.controller.life.onEnd(() => this.clock.after(RESTART_MS, () => this.startController()));
  }

  startGuard(agent: Life): SerialPort {
    const run = ++this.#runs;
    this.tell({ kind: 'process-began', process: 'guard', run });
    const guard = startGuardRun(this, agent, run);
    this.guard = guard;
    guard.life.onEnd(() => this.#turnOffUnguarded());
    return guard.pipe;
  }

  /** The hook of a service that has stopped, for where agent and guard are both gone. */
  #turnOffUnguarded(): void {
    const isGone = () => this.agent?.life.isOver !== false && this.guard?.life.isOver !== false;
    if (this.relays === null || !isGone()) return;
    this.clock.after(STOP_HOOK_MS, () => {
      if (isGone()) this.relays?.write(0);
    });
  }

  /** A second controller on a copy of the database. */
  startSecondController(file: string): ControllerRun {
    const run = ++this.#runs;
    this.tell({ kind: 'process-began', process: 'second-controller', run });
    return startControllerRun(this, { run, process: 'second-controller', file });
  }

  /** Kills the agent and keeps it down for `forMs`. */
  async killAgent(forMs: number): Promise<void> {
    this.agentHolds++;
    this.agent?.life.end();
    await this.sleep(forMs);
    this.agentHolds--;
    this.startAgent();
  }

  async killController(forMs: number): Promise<void> {
    this.controllerHolds++;
    this.controller?.life.end();
    await this.sleep(forMs);
    this.controllerHolds--;
    this.startController();
  }

  /** Lets `work` be done before time goes on, though it takes turns of the real event loop. */
  timeless<T>(work: Promise<T>): Promise<T> {
    this.#timeless++;
    return work.finally(() => this.#timeless--);
  }

  async start(): Promise<void> {
    this.startAgent();
    this.startController();
    await this.clock.advance(50);
  }

  /** What a process did that its code holds for impossible. */
  onBug(process: ProcessName, thrown: unknown): void {
    const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    this.tell({ kind: 'bug', process, message: message.split('\n').slice(0, 6).join(' | ') });
  }

  /** Something was thrown where nobody catches: the controller's loose ends are many, the agent catches its own. */
  onStray(thrown: unknown): void {
    const life = this.controller?.life;
    if (life === undefined || life.isOver) this.onBug('controller', thrown);
    else life.fail(thrown);
  }

  /** The wall clock is set, by somebody or something. */
  setWall(byMs: number): void {
    this.clock.stepWall(byMs);
    this.tell({ kind: 'clock-set', byMs });
  }

  /** The machine has started with a clock that nobody has set. */
  forgetTime(): void {
    this.machineTime = { bootId: `boot-${++this.#boots}`, isSynchronised: false };
  }

  /** A time server has set the clock. */
  synchronise(): void {
    this.machineTime = { ...this.machineTime, isSynchronised: true };
  }

  /** Puts an older copy in the place of the database; the controller is down. */
  restore(copy: string): void {
    this.ledger.restore(copy);
    this.#reader.startOver();
    this.#highWaterMs = 0;
    this.#accepted = '';
    this.#plans.startOver();
    this.#schedules.startOver();
    this.#sinks.startOver();
    this.chronicle.forgetLedger();
    this.tell({ kind: 'backup-restored' });
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.clock, ms);
  }

  /** Whether nothing is open or under way in the unit, or else what is. */
  unrest(): string | null {
    if (this.agent === null || this.agent.life.isOver || !this.agent.isReady) return 'the agent is not up';
    const { controller } = this;
    if (controller === null || controller.life.isOver || !controller.isReady) return 'the controller is not up';
    if (!controller.isLinked()) return 'controller and agent have no session';
    const [open] = this.chronicle.open;
    if (open !== undefined) return `dose ${open} is ${this.chronicle.find(open)?.row?.state}`;
    for (const { doseId, row, end, widestChunk, isRecordLost } of this.chronicle.lastStarted.values()) {
      const isForgotten = isRecordLost && row === null;
      const isOver = end !== null || isForgotten || (row !== null && row.ended_at_ms !== null);
      if (!isOver && widestChunk > 0) return `dose ${doseId} has no END`;
      // The ledger may be an old copy: its controller asks the agent for the rest once it has seen that this came back.
      if (end !== null && row === null && !isRecordLost) return `dose ${doseId} is not in the ledger yet`;
    }
    for (const { pumpId, isMoving } of this.chronicle.pumps.values()) if (isMoving()) return `pump ${pumpId} turns`;
    return this.chronicle.undecided() ?? this.#untold(controller);
  }

  /** What others were not told yet, in words, or null. */
  #untold(controller: ControllerRun): string | null {
    if (this.plan.outside === NOBODY_OUTSIDE) return null;
    const { mqttUsers, chronicle, clock } = this;
    if (mqttUsers?.broker.isBusy === true) return 'messages over MQTT are on their way';
    if (chronicle.answers.count > 0) return `${chronicle.answers.count} answers over MQTT are owed`;
    if (!controller.isBridged()) return 'the unit is not connected to the MQTT broker';
    const waiting = this.ledger.look((store) => waitingFor(store, clock.wallMs()));
    return waiting ?? (mqttUsers === null ? null : this.#untrueState(mqttUsers, controller));
  }

  #untrueState({ broker }: MqttUsers, controller: ControllerRun): string | null {
    const nowMs = this.clock.monotonicMs();
    if (this.#untrue !== null && nowMs < this.#untrue.atMs + UNTRUE_AGAIN_MS) return this.#untrue.why;
    const why = untrueState(broker.retained, controller.statuses(this.chronicle.pumps.keys()));
    this.#untrue = why === null ? null : { why, atMs: nowMs };
    return why;
  }

  onTelling(): void {
    if (!this.#sinks.isStale || this.ledger.look((store) => this.#reader.isReadable(store)) !== true) return;
    const owed = this.ledger.look((store) => this.#sinks.begin(store));
    if (owed !== null) this.tell({ kind: 'owed', owed });
  }

  books(): Books | null {
    return this.ledger.look(readBooks);
  }

  end(): void {
    this.#isOver = true;
    this.agent?.life.end();
    this.guard?.life.end();
    this.controller?.life.end();
    this.ledger.remove();
  }

  async #settle(): Promise<void> {
    await turn();
    for (let turns = 0; this.#timeless > 0 && turns < MOST_TURNS; turns++) await turn();
  }

  #onArrival(way: 'down' | 'up', frame: Uint8Array): void {
    if (way === 'up') return;
    const { epoch, body } = decodeEnvelope(frame);
    const { kind } = decodeRequest(body);
    if (kind.case === 'startDose') this.tell({ kind: 'start-arrived', epoch, order: kind.value });
    if (kind.case === 'hello' && epoch > 0n) this.tell({ kind: 'hello-arrived', epoch });
    if (kind.case === 'beat') {
      this.tell({ kind: 'lease-arrived', doseIds: kind.value.doseIds, leaseMs: kind.value.leaseMs });
    }
  }

  #onBlob(name: string, bytes: Uint8Array): void {
    const isDose = DOSE_BLOB.test(name);
    const pumpId = TICK_BLOB.exec(name)?.[1];
    if (!isDose && pumpId === undefined) return;
    const record = decodeRecord(bytes);
    if (record === null) {
      if (pumpId !== undefined) this.#noteTorn(pumpId);
      return;
    }
    if (pumpId !== undefined) {
      const { doseId, waypoint } = record.payload as JournalledTick;
      this.tell({ kind: 'tick-journalled', pumpId, doseId, chunkCounts: waypoint.nextChunkCounts });
      return;
    }
    const { start, end, confirmed } = record.payload as JournalledDose;
    if (end === null && !this.#isRepair(start)) this.tell({ kind: 'start-journalled', start });
    if (end !== null && !confirmed) this.tell({ kind: 'end-journalled', start, end });
  }

  /** Whoever reads the ring then cannot tell whether the chunk of that tick was begun. */
  #noteTorn(pumpId: string): void {
    for (const isAtWork of [true, false]) this.chronicle.setHardship(pumpId, 'torn', isAtWork);
  }

  /** A copy that was damaged is written again as it was. */
  #isRepair({ doseId, epoch, startedAtWallMs }: DoseStart): boolean {
    const known = this.chronicle.find(doseId)?.start;
    return known?.epoch === epoch && known.startedAtWallMs === startedAtWallMs;
  }

  /** `statements` were written: what they name may have changed. */
  #onCommit(store: Store, statements: string): void {
    if (!this.#reader.isReadable(store)) return;
    if (statements.includes(' doses')) {
      for (const dose of this.#reader.changes(store)) this.tell({ kind: 'ledger-changed', dose });
    }
    // What a plan asks for depends on the time that the books know.
    if (statements.includes(' facts') || this.#plans.isStale || this.#schedules.isStale) this.#tellTime(store);
    const hasPlanNews = statements.includes(' channel_plans') || this.#plans.isStale;
    if (hasPlanNews && this.plan.channels !== null) {
      for (const plan of this.#plans.changes(store, this.plan.channels)) this.tell({ kind: 'plan-set', plan });
    }
    if (statements.includes(' schedules') || this.#schedules.isStale) {
      for (const schedule of this.#schedules.changes(store)) this.tell({ kind: 'schedule-set', schedule });
    }
    if (statements.includes(' events') && !this.#sinks.isStale) {
      for (const event of this.#sinks.changes(store)) this.tell({ kind: 'event-logged', event });
    }
  }

  #tellTime(store: Store): void {
    const fact = store.get<{ value: string }>("SELECT value FROM facts WHERE name = 'high_water_ms'");
    const highWaterMs = Number(fact?.value ?? 0);
    if (highWaterMs !== this.#highWaterMs) {
      this.#highWaterMs = highWaterMs;
      this.tell({ kind: 'time-marked', highWaterMs });
    }
    const accepted = store.get<{ value: string }>("SELECT value FROM facts WHERE name = 'time_accepted'")?.value ?? '';
    if (accepted === this.#accepted || accepted === '') return;
    this.#accepted = accepted;
    const { boot_id: bootId, mark_ms: markMs } = JSON.parse(accepted) as { boot_id: string; mark_ms: number };
    this.tell({ kind: 'time-accepted', bootId, markMs });
  }
}
