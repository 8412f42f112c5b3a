import { type Clock, type ErrorCode, isPeristaError, PeristaError, positionDelta, sleep } from '@perista/core';
import { BOARD, type BoardRequest } from './commands.ts';
import { COUNTS_PER_REV, ENCODER_COUNTER, type Firmware, type PositionCounter, probeFirmware } from './firmware.ts';
import { toleranceCounts } from './judge-chunk.ts';
import { PassedByStop, type Servo42cLine } from './servo42c-line.ts';

/** Two readings so far apart tell rest from the slowest motion (320 counts/s at microstep 256 and 400 steps). */
const REST_GAP_MS = 20;
/** One step of the 14-bit magnetic encoder: what a shaft at rest may flicker. */
export const REST_COUNTS = 4;
/** For so long stop is repeated until the shaft is seen at rest. */
const HALT_LIMIT_MS = 2000;
/** A shaft that is seen turning for so long does not heed stop: then the motor is disabled. */
const HEED_LIMIT_MS = 300;
const HALT_PAUSE_MS = 50;
/** For so long a shaft that nobody drives may still be turning. */
const REST_LIMIT_MS = 1000;

/** A board that loses its supply hears nothing for longer than this. */
export const SHORTEST_RESTART_MS = 200;

/** Answers to one question that may disagree before they make no sense. */
const AGREEMENT_ROUNDS = 4;

/** Failures of line and board, as opposed to faults of the motor. */
const LINE_ERRORS: ErrorCode[] = ['E101', 'E106', 'E107'];
export const isLineError = (thrown: unknown): thrown is PeristaError => isPeristaError(thrown, ...LINE_ERRORS);

/** One board on a line: asks it, reads where its shaft stands, and brings it to rest. */
export class Servo42cBoard {
  readonly address: number;
  readonly line: Servo42cLine;
  readonly #clock: Clock;
  #firmware: Firmware | null = null;
  #halting: Promise<number> | null = null;
  #timesLetGo = 0;
  #readMs = Number.NEGATIVE_INFINITY;
  #silences = 0;

  constructor(parts: { address: number; line: Servo42cLine; clock: Clock }) {
    this.address = parts.address;
    this.line = parts.line;
    this.#clock = parts.clock;
  }

  /** The counter that positions are read from; before the first probe, that of the newest firmware. */
  get counter(): PositionCounter {
    return this.#firmware?.counter ?? ENCODER_COUNTER;
  }

  get halting(): Promise<number> | null {
    return this.#halting;
  }

  /** How often its motor had to be disabled because the shaft did not heed stop. */
  get timesLetGo(): number {
    return this.#timesLetGo;
  }

  /** @throws PeristaError E101, E105, E106, E107 */
  async probe(): Promise<Firmware> {
    this.#firmware = null;
    this.#firmware = await probeFirmware(this.line, this.address);
    return this.#firmware;
  }

  ask<Reply>(request: BoardRequest<Reply>): Promise<Reply> {
    return this.line.request(this.address, request);
  }

  /** Sends a setting or an order. @throws PeristaError E108 if the board refuses it */
  async order(request: BoardRequest<'ok' | 'failed'>): Promise<void> {
    if ((await this.ask(request)) === 'ok') return;
    throw new PeristaError('E108', `${this.name} refused to ${request.name}`, { details: { command: request.name } });
  }

  get name(): string {
    return `Board 0x${this.address.toString(16).toUpperCase()}`;
  }

  /** How often its position was not read for so long that it may have restarted meanwhile. */
  get silences(): number {
    return this.#silences;
  }

  async readPosition(): Promise<number> {
    const position = await this.ask(this.counter.request);
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#readMs >= SHORTEST_RESTART_MS) this.#silences++;
    this.#readMs = nowMs;
    return position;
  }

  delta(from: number, to: number): number {
    return positionDelta(from, to, this.counter.bits);
  }

  /** The position that the counter shows `counts` after `position`. */
  moved(position: number, counts: number): number {
    return modulo(position + counts, 2 ** this.counter.bits);
  }

  /** Whether a board that has just got its supply could show this place: its turns count from 0. */
  mayHaveRestarted(position: number): boolean {
    return this.#fromZero(position) <= COUNTS_PER_REV;
  }

  /** The same where it may have turned a chunk of `orderedCounts` since. */
  mayHaveRestartedInChunk(position: number, orderedCounts: number): boolean {
    return this.#fromZero(position) <= COUNTS_PER_REV + orderedCounts + toleranceCounts(orderedCounts);
  }

  #fromZero(position: number): number {
    return Math.min(position, 2 ** this.counter.bits - position);
  }

  /** The part of a turn in `counts`, from 0; a flicker backwards is none. */
  withinTurn(counts: number): number {
    const part = modulo(counts, COUNTS_PER_REV);
    return part > COUNTS_PER_REV - 2 * REST_COUNTS ? 0 : part;
  }

  /**
   * What must not be mistaken and does not change meanwhile, asked until two answers agree: a completion frame that comes
   * late reads exactly like a status of 2. @throws PeristaError E101, E106, E107
   */
  async askSurely<Reply>(request: BoardRequest<Reply>): Promise<Reply> {
    let last = await this.ask(request);
    for (let round = 0; round < AGREEMENT_ROUNDS; round++) {
      const next = await this.ask(request);
      if (next === last) return next;
      last = next;
    }
    throw new PeristaError('E107', `${this.name} answers "${request.name}" differently each time`);
  }

  /** Two readings, the second of which is told. */
  async readTwice(): Promise<ShaftReading> {
    const first = await this.readPosition();
    const firstMs = this.#clock.monotonicMs();
    await sleep(this.#clock, REST_GAP_MS);
    const position = await this.readPosition();
    const readMs = this.#clock.monotonicMs();
    const turned = this.delta(first, position);
    return { position, readMs, atRest: Math.abs(turned) <= REST_COUNTS, countsPerMs: turned / (readMs - firstMs) };
  }

  /** @throws PeristaError E103 if the shaft turns though it should rest; E101, E106, E107 */
  async positionAtRest(): Promise<number> {
    const untilMs = this.#clock.monotonicMs() + REST_LIMIT_MS;
    for (;;) {
      const { position, atRest } = await this.readTwice();
      if (atRest) return position;
      if (this.#clock.monotonicMs() > untilMs) {
        throw new PeristaError('E103', `The shaft of ${this.name} turns though nothing was commanded`);
      }
    }
  }

  /**
   * Stop, until the shaft is seen at rest; whoever asks meanwhile shares the outcome.
   * @throws PeristaError E101 if rest was not seen in time
   */
  halt(): Promise<number> {
    this.#halting ??= this.#untilHalted().finally(() => {
      this.#halting = null;
    });
    return this.#halting;
  }

  async #untilHalted(): Promise<number> {
    const startMs = this.#clock.monotonicMs();
    const attempt: HaltAttempt = { seenTurningMs: null, restartOffset: 0 };
    for (;;) {
      const outcome = await this.#tryHalt(attempt);
      if (typeof outcome === 'number') return outcome;
      if (this.#clock.monotonicMs() - startMs >= HALT_LIMIT_MS) throw outcome;
      await sleep(this.#clock, HALT_PAUSE_MS);
    }
  }

  async #tryHalt(attempt: HaltAttempt): Promise<number | PeristaError> {
    try {
      await this.line.stop(this.address);
      if (this.#firmware === null) await this.probe();
      const reading = await this.readTwice();
      if (reading.atRest) return this.moved(reading.position, attempt.restartOffset);
      attempt.seenTurningMs ??= reading.readMs;
      if (reading.readMs - attempt.seenTurningMs >= HEED_LIMIT_MS) {
        this.#timesLetGo++;
        await this.ask(BOARD.enable(false));
        const disabledMs = this.#clock.monotonicMs();
        attempt.restartOffset += this.#restartOffset(reading, disabledMs, await this.readPosition());
      }
      return new PeristaError('E101', `The shaft of ${this.name} still turns after stop`);
    } catch (error) {
      if (error instanceof PassedByStop) return new PeristaError('E101', `${this.name} could not be read after stop`);
      if (!isLineError(error)) throw error;
      return new PeristaError('E101', `${this.name} could not be seen at rest: ${error.message}`, { cause: error });
    }
  }

  /**
   * Some boards count turns anew when their motor is disabled, though the angle stays. How fast the shaft turned tells
   * where it must be by then, and so how many turns the counter has lost.
   */
  #restartOffset({ position, readMs, countsPerMs }: ShaftReading, disabledMs: number, afterwards: number): number {
    const apparent = this.delta(position, afterwards);
    const predicted = countsPerMs * (disabledMs - readMs);
    const isPlausible = Math.abs(apparent - predicted) <= COUNTS_PER_REV / 2 + Math.abs(predicted) / 2;
    return isPlausible ? 0 : Math.round((predicted - apparent) / COUNTS_PER_REV) * COUNTS_PER_REV;
  }
}

/** Where a shaft is and how it turns. */
export interface ShaftReading {
  readonly position: number;
  readonly readMs: number;
  readonly atRest: boolean;
  readonly countsPerMs: number;
}

interface HaltAttempt {
  /** When the shaft was first seen turning in spite of stop. */
  seenTurningMs: number | null;
  /** What the counter lost when the motor was disabled, to be added to its readings. */
  restartOffset: number;
}

const modulo = (value: number, span: number) => ((value % span) + span) % span;
