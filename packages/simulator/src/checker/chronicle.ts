import type { DoseEnd, DoseStart } from '@perista/agent';
import { AnswerBook } from './answer-book.ts';
import type { Happening, ProcessName } from './happening.ts';
import type { LedgerDose } from './ledger-dose.ts';
import { ScheduleBook } from './schedule-book.ts';
import { SlotBook } from './slot-book.ts';
import { type MachineTime, TimeTrust } from './time-trust.ts';

/** A pump as matter: what no book can tell. */
export interface PumpInTruth {
  readonly pumpId: string;
  readonly pulsesPerRev: number;
  /** Its head is mounted the other way round: forward for the user is reverse for the shaft. */
  readonly isInverted: boolean;
  /** It is turned on and off by a relay: a turn is a second of being on. */
  readonly isRelay: boolean;
  /** Pumps of one group never move together. */
  readonly group: string | null;
  /** Turns of the shaft since it was built, forward positive. */
  turns(): number;
  isMoving(): boolean;
}

/** What is known of a dose from the books, and what its shaft truly did. */
export interface DoseFacts {
  readonly doseId: string;
  readonly pumpId: string;
  row: LedgerDose | null;
  /** When its intent was first durable, on the world's clock, ms. */
  intentMs: number | null;
  start: DoseStart | null;
  startMs: number | null;
  startTurns: number;
  /** Turns at the start of the next dose of the pump; null while this is the last. */
  lastTurns: number | null;
  end: DoseEnd | null;
  /** Most that one of its chunks could turn, counts. */
  widestChunk: number;
  /** When its board lost its supply first, on the world's clock, ms. */
  powerlessMs: number | null;
  /** Its guard died while its relay was on. */
  wasUnguarded: boolean;
  /**
   * How much longer its relay may have been on than anybody can know, turns: its guard died when nobody was there to start
   * the next one.
   */
  lateCutTurns: number;
  /** When its last tick was journalled, on the world's clock, ms. */
  lastTickMs: number | null;
  /** Its last tick was read after this instant, when the one before it was journalled, on the world's clock, ms. */
  tickReadAfterMs: number | null;
  /** Its row was in a ledger that an older copy has replaced. */
  wasForgotten: boolean;
  /** Both copies of its record in the agent's journal were damaged. */
  isRecordLost: boolean;
  /** Faults of the hardware that were at work while it was the pump's last dose. */
  readonly hardships: Set<string>;
}

/** Until a relay whose guard died is off, turns: seconds of being on. */
export const TAKEOVER_TURNS = 0.3;
/** For so long an agent stands still at most, and what it takes to start anew. */
const STANDSTILL_TURNS = 10;

interface RunningProcess {
  readonly run: number;
  isReady: boolean;
}

/** What has happened so far, as far as rules ask for it. */
export class Chronicle {
  readonly pumps: ReadonlyMap<string, PumpInTruth>;
  readonly doses = new Map<string, DoseFacts>();
  readonly processes = new Map<ProcessName, RunningProcess>();
  /** Ids of doses that are not over by the ledger. */
  readonly open = new Set<string>();
  /** The newest dose with a START of each pump. */
  readonly lastStarted = new Map<string, DoseFacts>();
  /** What the weekly plans ask for. */
  readonly slots = new SlotBook((doseId) => this.doses.get(doseId));
  /** What the schedules ask for. */
  readonly schedules = new ScheduleBook((doseId) => this.doses.get(doseId));
  /** Who waits for an answer over MQTT. */
  readonly answers = new AnswerBook();
  /** When somebody asked for the release of the emergency stop last, ms; -1: nobody did. */
  releaseAskedMs = -1;
  /** The agent lives and does not stand still. */
  isAgentAwake = false;
  /** Faults of the hardware at work now, by pump; and of the rest, under the empty name. */
  readonly hardships = new Map<string, Set<string>>();
  readonly #time: TimeTrust;
  readonly #nowMs: () => number;
  readonly #wallMs: () => number;

  constructor(parts: {
    pumps: readonly PumpInTruth[];
    nowMs: () => number;
    wallMs: () => number;
    machineTime: () => MachineTime;
  }) {
    this.pumps = new Map(parts.pumps.map((pump) => [pump.pumpId, pump]));
    this.#nowMs = parts.nowMs;
    this.#wallMs = parts.wallMs;
    this.#time = new TimeTrust(parts.machineTime);
  }

  /** True time since the world began, ms. */
  get nowMs(): number {
    return this.#nowMs();
  }

  get wallMs(): number {
    return this.#wallMs();
  }

  /** Whether the calendar may go by the clock. */
  get isTimeTrusted(): boolean {
    return this.#time.isTrusted(this.wallMs);
  }

  /** What the calendar asked for by now and nobody has decided, in words, or null. */
  undecided(): string | null {
    // What is due by a clock that is not believed, as after it was set back, has to wait.
    if (!this.isTimeTrusted || this.wallMs < this.#time.markMs) return null;
    const due = this.slots.undecided(this.wallMs) ?? this.schedules.undecided(this.wallMs);
    return due === null ? null : `${due.doseId} was due and has no end`;
  }

  pump(pumpId: string): PumpInTruth {
    const pump = this.pumps.get(pumpId);
    if (pump === undefined) throw new Error(`the world has no pump ${pumpId}`);
    return pump;
  }

  /** Turns of the shaft in the dose's time, as ordered; negative where it turned the other way. */
  signedTurnsOf(dose: DoseFacts): number {
    if (dose.start === null) return 0;
    const pump = this.pump(dose.pumpId);
    const turned = (dose.lastTurns ?? pump.turns()) - dose.startTurns;
    return (dose.start.direction === 'forward') === pump.isInverted ? -turned : turned;
  }

  /** Turns of the shaft in the dose's time, whichever way. */
  turnsOf(dose: DoseFacts): number {
    return Math.abs(this.signedTurnsOf(dose));
  }

  /** True volume of a dose: its turns through the calibration that its intent names. */
  trueMl(dose: DoseFacts): number {
    return dose.start === null ? 0 : this.turnsOf(dose) * dose.start.mlPerRev;
  }

  find(doseId: string): DoseFacts | undefined {
    return this.doses.get(doseId);
  }

  /** Takes in what has happened; rules are asked afterwards. */
  record(happening: Happening): void {
    switch (happening.kind) {
      case 'process-began':
        this.processes.set(happening.process, { run: happening.run, isReady: false });
        if (happening.process === 'agent') this.isAgentAwake = true;
        return;
      case 'process-ready': {
        const process = this.processes.get(happening.process);
        if (process !== undefined) process.isReady = true;
        return;
      }
      case 'process-ended':
        this.processes.delete(happening.process);
        if (happening.process === 'agent') this.isAgentAwake = false;
        if (happening.process === 'guard') this.#noteLateCuts();
        if (happening.process === 'controller') this.answers.forget();
        return;
      case 'mqtt-arrived':
        this.answers.ask(happening.message, this.nowMs);
        return;
      case 'mqtt-taken':
        this.answers.hear(happening.topic, happening.body);
        return;
      case 'release-asked':
        this.releaseAskedMs = this.nowMs;
        return;
      case 'agent-froze':
        this.isAgentAwake = false;
        if (!this.processes.has('guard')) this.#noteLateCuts();
        return;
      case 'agent-thawed':
        this.isAgentAwake = true;
        return;
      case 'start-journalled':
        this.#start(happening.start);
        return;
      case 'tick-journalled': {
        const dose = this.doses.get(happening.doseId);
        if (dose === undefined) return;
        dose.widestChunk = Math.max(dose.widestChunk, happening.chunkCounts);
        dose.tickReadAfterMs = dose.lastTickMs ?? dose.startMs;
        dose.lastTickMs = this.nowMs;
        return;
      }
      case 'end-journalled': {
        const dose = this.doses.get(happening.start.doseId);
        if (dose !== undefined) dose.end ??= happening.end;
        return;
      }
      case 'ledger-changed': {
        const dose = this.#dose(happening.dose.dose_id, happening.dose.pump_id);
        dose.row = happening.dose;
        dose.intentMs ??= this.nowMs;
        if (dose.row.ended_at_ms === null) this.open.add(dose.doseId);
        else this.open.delete(dose.doseId);
        return;
      }
      case 'plan-set':
        // By a clock that was set back a plan begins when it has caught up.
        this.slots.set(happening.plan, this.#time.latestMs(this.wallMs));
        return;
      case 'schedule-set':
        this.schedules.set(happening.schedule, this.#time.latestMs(this.wallMs));
        return;
      case 'time-marked':
        this.#time.highWaterMs = happening.highWaterMs;
        return;
      case 'time-accepted':
        if (!this.#time.accept(happening.bootId, happening.markMs)) return;
        this.slots.accept(happening.markMs);
        this.schedules.accept(happening.markMs);
        return;
      default:
    }
  }

  /** The ledger was replaced: what stands in it now is told again. */
  forgetLedger(): void {
    this.#time.startOver();
    this.open.clear();
    this.slots.startOver();
    this.schedules.startOver();
    for (const dose of this.doses.values()) {
      dose.wasForgotten ||= dose.row !== null;
      // What the newer ledger refused or missed, the older one may order in its window.
      if (dose.start === null && dose.row?.ended_at_ms != null) dose.intentMs = null;
      dose.row = null;
    }
  }

  loseRecord(doseId: string): void {
    const dose = this.doses.get(doseId);
    if (dose !== undefined) dose.isRecordLost = true;
  }

  /** A fault of the hardware sets in or is over. */
  setHardship(pumpId: string, name: string, isAtWork: boolean): void {
    const names = this.hardships.get(pumpId) ?? new Set();
    this.hardships.set(pumpId, names);
    if (isAtWork) names.add(name);
    else names.delete(name);
    if (!isAtWork) return;
    for (const dose of this.lastStarted.values()) {
      if (pumpId !== '' && dose.pumpId !== pumpId) continue;
      dose.hardships.add(name);
      if (name === 'powerless') dose.powerlessMs ??= this.nowMs;
    }
  }

  /** A fault of the hardware that is over at once. */
  strike(pumpId: string, name: string): void {
    for (const isAtWork of [true, false]) this.setHardship(pumpId, name, isAtWork);
  }

  /** No guard is there: what is on stays on until the next one has the lines. */
  #noteLateCuts(): void {
    for (const dose of this.lastStarted.values()) {
      const { isRelay, isMoving } = this.pump(dose.pumpId);
      if (!isRelay || !isMoving()) continue;
      dose.wasUnguarded = true;
      if (!this.isAgentAwake) dose.lateCutTurns = STANDSTILL_TURNS;
    }
  }

  #start(start: DoseStart): void {
    const dose = this.#dose(start.doseId, start.pumpId);
    // A START that was durable in one copy only and was given up is no motion: the dose may be begun after all.
    if (dose.start !== null && dose.widestChunk > 0) return;
    const turns = this.pump(start.pumpId).turns();
    const before = this.lastStarted.get(start.pumpId);
    if (before !== undefined && before !== dose) before.lastTurns = turns;
    dose.start = start;
    dose.startMs = this.nowMs;
    dose.startTurns = turns;
    for (const where of ['', start.pumpId]) {
      for (const name of this.hardships.get(where) ?? []) dose.hardships.add(name);
    }
    this.lastStarted.set(start.pumpId, dose);
  }

  #dose(doseId: string, pumpId: string): DoseFacts {
    const known = this.doses.get(doseId);
    if (known !== undefined) return known;
    const dose: DoseFacts = {
      doseId,
      pumpId,
      row: null,
      intentMs: null,
      start: null,
      startMs: null,
      startTurns: 0,
      lastTurns: null,
      end: null,
      widestChunk: 0,
      powerlessMs: null,
      wasUnguarded: false,
      lateCutTurns: 0,
      lastTickMs: null,
      tickReadAfterMs: null,
      wasForgotten: false,
      isRecordLost: false,
      hardships: new Set(),
    };
    this.doses.set(doseId, dose);
    return dose;
  }
}
