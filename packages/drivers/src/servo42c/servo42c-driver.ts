import {
  assert,
  type Clock,
  forbiddenCode,
  type Log,
  type Motion,
  PeristaError,
  type ShaftAtRest,
  UNLEARNT_TIMING,
} from '@perista/core';
import type { MotionEnd, MotionTick, Position, PumpCapabilities, PumpDriver, SensorState } from '../pump-driver.ts';
import { type SettingsMemory, settingsMemory } from './board-settings.ts';
import { LONGEST_LATENCY_MS } from './chunk-run.ts';
import { BOARD } from './commands.ts';
import { COUNTS_PER_REV } from './firmware.ts';
import { makeBoardSafe } from './make-safe.ts';
import { MotionRun } from './motion-run.ts';
import { PulseCount } from './pulse-count.ts';
import { isLineError, Servo42cBoard } from './servo42c-board.ts';
import { checkConfig, type Servo42cConfig } from './servo42c-config.ts';
import { PassedByStop, type Servo42cLine } from './servo42c-line.ts';

export interface Servo42cDriverParts {
  readonly pumpId: string;
  readonly line: Servo42cLine;
  readonly config: Servo42cConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** What was last written to the board; default: forgotten with the driver. */
  readonly settings?: SettingsMemory;
}

/** The pump on one MKS-SERVO42C. Nothing is sent before `makeSafe`. @throws PeristaError E306 for a wrong config */
export function createServo42cDriver(parts: Servo42cDriverParts): PumpDriver {
  checkConfig(parts.pumpId, parts.config);
  return new Servo42cDriver(parts);
}

/** A stop that passes a question lets it be asked again so many times. */
const PASSES_LIMIT = 3;

class Servo42cDriver implements PumpDriver {
  readonly pumpId: string;
  readonly #board: Servo42cBoard;
  readonly #config: Servo42cConfig;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #settings: SettingsMemory;
  #isSafe = false;
  #run: MotionRun | null = null;
  #timing = UNLEARNT_TIMING;
  #latencyMs = LONGEST_LATENCY_MS;
  #count: PulseCount;
  #lastSeen: Pick<SensorState, 'position' | 'enabled' | 'stalled'> = { position: null, enabled: null, stalled: null };

  constructor({ pumpId, line, config, clock, log, settings }: Servo42cDriverParts) {
    this.pumpId = pumpId;
    this.#board = new Servo42cBoard({ address: config.address, line, clock });
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.#settings = settings ?? settingsMemory();
    this.#count = this.#newCount();
    line.onCompletion(config.address, () => this.#run?.onCompletion());
  }

  get capabilities(): PumpCapabilities {
    return {
      positionBits: this.#board.counter.bits,
      countsPerRev: COUNTS_PER_REV,
      pollsWhileMoving: this.#config.pollsWhileMoving ?? false,
    };
  }

  async makeSafe(): Promise<ShaftAtRest> {
    this.#assertNoMotion();
    this.#isSafe = false;
    const rest = await this.#unlessPassed(() => makeBoardSafe(this.#board, this.#config, this.#settings, this.#log));
    this.#isSafe = true;
    this.#count = this.#newCount();
    return rest;
  }

  readPosition(): Promise<Position> {
    this.#assertNoMotion();
    return this.#unlessPassed(() => this.#board.positionAtRest());
  }

  async move(motion: Motion, onTick: (tick: MotionTick) => Promise<void>): Promise<MotionEnd> {
    this.#assertNoMotion();
    if (!this.#isSafe) return { kind: 'fault', code: 'E101', message: NOT_SAFE, position: null, seen: null };
    const { address, invert } = this.#config;
    const run = new MotionRun({
      board: this.#board,
      clock: this.#clock,
      log: this.#log,
      motion,
      count: this.#count,
      pulsesPerRev: this.#pulsesPerRev,
      forbiddenCode: forbiddenCode(address),
      invert,
      pollsWhileMoving: this.capabilities.pollsWhileMoving,
      timing: this.#timing,
      latencyMs: this.#latencyMs,
      onTick: (tick) => {
        this.#lastSeen = { ...this.#lastSeen, position: tick.position };
        return onTick(tick);
      },
    });
    this.#run = run;
    try {
      const end = await run.run();
      this.#latencyMs = end.kind === 'fault' ? LONGEST_LATENCY_MS : run.latencyMs;
      if (end.kind === 'fault') await this.#distrust();
      return end;
    } finally {
      this.#timing = run.timing;
      this.#run = null;
    }
  }

  async stop(): Promise<Position> {
    const run = this.#run;
    run?.requestStop();
    const position = await this.#board.halt();
    return run?.letGoAt ?? position;
  }

  /** In motion it tells what was seen last: a question could end the motion. */
  async readSensors(): Promise<SensorState> {
    for (const look of this.#looks) {
      if (this.#run !== null) break;
      this.#lastSeen = { ...this.#lastSeen, ...(await look()) };
    }
    const { answered, lost, discardedBytes } = this.#board.line.counters;
    return { ...this.#lastSeen, line: { answered, lost, discardedBytes } };
  }

  /** Leaves the line to whoever made it, for boards share it. */
  async close(): Promise<void> {
    this.#isSafe = false;
    if (this.#run !== null) await this.stop();
  }

  readonly #looks: readonly (() => Promise<Partial<SensorState>>)[] = [
    async () => ({ position: await this.#look(() => this.#board.readPosition()) }),
    async () => ({ enabled: await this.#look(async () => (await this.#board.ask(BOARD.readEnabled())) === 'enabled') }),
    async () => ({ stalled: await this.#look(() => this.#isStalled()) }),
  ];

  /** The reply to a stop may come so late that it passes for "stalled", which would keep the pump from dosing. */
  async #isStalled(): Promise<boolean> {
    if ((await this.#board.ask(BOARD.readStalled())) !== 'stalled') return false;
    return (await this.#board.askSurely(BOARD.readStalled())) === 'stalled';
  }

  /** What cannot be read is not known. */
  async #look<Value>(read: () => Promise<Value>): Promise<Value | null> {
    try {
      return await read();
    } catch (error) {
      if (isLineError(error) || error instanceof PassedByStop) return null;
      throw error;
    }
  }

  /** A fault may mean that somebody changed the board's settings: they are written again. */
  async #distrust(): Promise<void> {
    this.#isSafe = false;
    await this.#settings.save(null);
  }

  async #unlessPassed<Value>(work: () => Promise<Value>): Promise<Value> {
    for (let passes = 0; passes < PASSES_LIMIT; passes++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PassedByStop)) throw error;
        await this.#board.halting;
      }
    }
    throw new PeristaError('E101', `${this.#board.name} is being stopped and cannot be asked`);
  }

  get #pulsesPerRev(): number {
    return this.#config.microstep * this.#config.stepsPerRev;
  }

  #newCount(): PulseCount {
    return new PulseCount(this.#board, this.#pulsesPerRev);
  }

  #assertNoMotion(): void {
    assert(
      this.#run === null,
      `pump ${this.pumpId} is asked for one thing at a time, and nothing in motion but to stop`,
    );
  }
}

const NOT_SAFE = 'The board was not made safe since it started or failed';
