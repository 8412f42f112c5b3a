import { type Random, RELAY_PULSES_PER_REV, seededRandom, sleep, VirtualClock } from '@perista/core';
import type { SerialPort } from '@perista/drivers';
import { RELAY_GROUP } from '@perista/protocol/api';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import { Checker } from '../checker/checker.ts';
import { Chronicle, type PumpInTruth } from '../checker/chronicle.ts';
import type { Books, Happening, ProcessName } from '../checker/happening.ts';
import type { Invariant } from '../checker/invariant.ts';
import { readBooks } from '../checker/read-books.ts';
import type { MachineTime } from '../checker/time-trust.ts';
import { boardOf } from '../emulated-pump.ts';
import { MqttUsers } from '../outside/mqtt-users.ts';
import { NOBODY_OUTSIDE, type OutsidePlan, planOutside } from '../outside/outside-plan.ts';
import { Peers } from '../outside/peers.ts';
import { AgentLink } from './agent-link.ts';
import { type AgentRun, startAgentRun } from './agent-run.ts';
import { AgentWatch } from './agent-watch.ts';
import { BooksWatch } from './books-watch.ts';
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
import { Unrest } from './unrest.ts';

/** A launcher starts again what has died. */
const RESTART_MS = 250;
/** From the end of agent and guard until the service has turned off what they left on. */
const STOP_HOOK_MS = 250;
/** Promises that a timer woke have run when this comes back, also those of the HTTP server. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The same for far less, where there is no HTTP server. */
const shortTurn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
/** Node tells of errors that nobody caught only between turns of its loop: so each of so many moments ends with one. */
const LONG_TURN_EVERY = 16;

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
  readonly #books: BooksWatch;
  readonly #unrest = new Unrest(this);
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
      const ports = { clock: this.clock, random: this.chance(`board ${pump.id}`) };
      this.boards.set(pump.id, boardOf(pump, { ...ports, onGarbled: () => this.chronicle.strike(pump.id, 'garbled') }));
    }
    const { channels } = this.plan;
    const onDriven = (on: readonly number[]) => this.tell({ kind: 'relays-driven', channels: on });
    this.relays = channels === null ? null : new RelayPlant(this.clock, channels.length, onDriven);
    this.mqttUsers = this.plan.outside.hasBroker ? this.#meetUsers() : null;
    this.peers = new Peers(this.clock, (taken) => {
      this.tell({ kind: 'peer-took', ...taken });
      this.ambush?.();
    });
    const tell = (happening: Happening) => this.tell(happening);
    const watch = new AgentWatch({ tell, chronicle: () => this.chronicle });
    const books = new BooksWatch(channels, tell);
    this.#books = books;
    this.link = new AgentLink(this.clock, this.chance('link'), (way, frame) => {
      if (way === 'down') watch.onArrival(frame);
    });
    this.medium = new JournalMedium(this.clock, this.chance('medium'), (name, bytes) => watch.onBlob(name, bytes));
    this.ledger = new LedgerFile(this.chance('disk'), (store, statements) => books.onCommit(store, statements));
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
    this.#books.startOver();
    this.chronicle.forgetLedger();
    this.tell({ kind: 'backup-restored' });
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.clock, ms);
  }

  /** Whether nothing is open or under way in the unit, or else what is. */
  unrest(): string | null {
    return this.#unrest.why();
  }

  onTelling(): void {
    this.#books.onTelling(this.ledger);
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
}
