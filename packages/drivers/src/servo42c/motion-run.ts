import {
  type ChunkTiming,
  type Clock,
  isPeristaError,
  type Log,
  type Motion,
  PeristaError,
  planChunk,
} from '@perista/core';
import type { MotionEnd, MotionTick } from '../pump-driver.ts';
import { type ChunkOutcome, ChunkRun } from './chunk-run.ts';
import { BOARD } from './commands.ts';
import { countsOf, toleranceCounts } from './judge-chunk.ts';
import { dropLag, enable } from './make-safe.ts';
import type { PulseCount } from './pulse-count.ts';
import { REST_COUNTS, type Servo42cBoard } from './servo42c-board.ts';
import { PassedByStop } from './servo42c-line.ts';
import { SupervisedShaft } from './supervised-shaft.ts';

/** Chunks in a row that were acknowledged and did not turn the shaft. */
const IDLE_CHUNK_LIMIT = 3;
/** After one it may just have been looked at too soon: those that follow are given so much longer. */
const MORE_PATIENCE_MS = 100;
/** Chunks in a row that neither were acknowledged nor turned the shaft: the order itself is lost on the line. */
const LOST_ORDER_LIMIT = 8;
/** A motion that takes so much longer than ordered is given up. */
const STRETCH_LIMIT = { factor: 2, ms: 30_000 } as const;
/** So many stops that come while a stop is carried out may withdraw what is being asked, and it is asked again. */
const FURTHER_STOPS = 5;
/** A 16-bit counter tells turns apart only within half of one. */
const NARROW_COUNTER_TURNS = 0.4;

export interface MotionRunParts {
  readonly board: Servo42cBoard;
  readonly count: PulseCount;
  readonly clock: Clock;
  readonly log: Log;
  readonly motion: Motion;
  readonly pulsesPerRev: number;
  readonly forbiddenCode: number;
  readonly invert: boolean;
  readonly pollsWhileMoving: boolean;
  readonly timing: ChunkTiming;
  readonly latencyMs: number;
  readonly onTick: (tick: MotionTick) => Promise<void>;
}

/**
 * One motion, from rest to rest. The board's replies are hints; what turned is read from the encoder between the chunks,
 * and where readings leave a motion alone, during them.
 */
export class MotionRun {
  readonly #parts: MotionRunParts;
  readonly #shaft: SupervisedShaft;
  readonly #clock: Clock;
  /** What was learnt of the board's time by now. */
  timing: ChunkTiming;
  /** How long after an order a shaft may rest, as learnt by now, ms. */
  latencyMs: number;
  #chunk: ChunkRun | null = null;
  #startedMs: number | null = null;
  #received = 0;
  /** Of the newest chunk. */
  #chunkCounts = 0;
  #idleChunks = 0;
  #lostOrders = 0;
  #tickFailure: unknown;
  #letGoAt: number | null = null;

  constructor(parts: MotionRunParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.timing = parts.timing;
    this.latencyMs = parts.latencyMs;
    const isReverse = (parts.motion.direction === 'reverse') !== parts.invert;
    this.#shaft = new SupervisedShaft(parts.board, isReverse ? 'reverse' : 'forward', parts.clock);
  }

  /** Where the shaft rested before its motor was let go: some boards count anew then. Null: it was not, or that is not known. */
  get letGoAt(): number | null {
    return this.#letGoAt;
  }

  /** Takes effect at once: no chunk is begun any more. The caller stops the board. */
  requestStop(): void {
    this.#shaft.requestStop();
  }

  /** The board says that a move has ended. */
  onCompletion(): void {
    this.#chunk?.onCompletion();
  }

  /** Rejects only as `onTick` does. */
  async run(): Promise<MotionEnd> {
    try {
      this.#shaft.beginAt(await this.#prepare());
      await this.#turnAll();
      return { kind: 'at-target', position: this.#shaft.position };
    } catch (thrown) {
      if (thrown === this.#tickFailure) throw thrown;
      if (thrown instanceof PassedByStop) return this.#endStopped();
      if (isPeristaError(thrown)) return this.#endWithFault(thrown);
      throw thrown;
    }
  }

  /** Enables a motor that was disabled since it was made safe, unless that costs the position that the caller knows. */
  async #prepare(): Promise<number> {
    const { board } = this.#parts;
    const before = await this.#shaft.reliably(() => board.positionAtRest());
    const wasDisabled = await this.#shaft.reliably(() => enable(board));
    await this.#shaft.reliably(() => this.#parts.count.begin());
    const after = await this.#shaft.reliably(() => board.positionAtRest());
    if (Math.abs(board.delta(before, after)) <= toleranceCounts(0)) return after;
    if (!wasDisabled) this.#shaft.throwRestarted();
    throw new PeristaError('E108', `${board.name} lost its position when its motor was enabled`);
  }

  async #turnAll(): Promise<void> {
    for (let step = this.#plan(); step.kind !== 'done'; step = this.#plan()) {
      const plannedMs = this.#clock.monotonicMs();
      const isFirst = this.#startedMs === null;
      const pulses = Math.min(step.pulses, this.#longestChunk());
      await this.#tick(pulses);
      await this.#shaft.sleepUntil((isFirst ? this.#clock.monotonicMs() : plannedMs) + step.afterMs);
      await this.#runChunk(pulses, step.code);
    }
    await this.#tick(0);
  }

  #plan() {
    const { motion, forbiddenCode } = this.#parts;
    const elapsedMs = this.#elapsedMs();
    if (elapsedMs > STRETCH_LIMIT.factor * motion.durationMs + STRETCH_LIMIT.ms) {
      const seconds = Math.round(motion.durationMs / 1000);
      throw new PeristaError('E102', `The motion was ordered for ${seconds} s and takes far longer`);
    }
    return planChunk(motion, { pulsesDone: this.#received, elapsedMs }, this.timing, forbiddenCode);
  }

  async #tick(nextPulses: number): Promise<void> {
    try {
      await this.#parts.onTick({
        position: this.#shaft.position,
        elapsedMs: this.#elapsedMs(),
        nextChunkCounts: nextPulses === 0 ? 0 : Math.ceil(this.#reachOf(nextPulses)),
      });
    } catch (error) {
      this.#tickFailure = error;
      throw error;
    }
    this.#startedMs ??= this.#clock.monotonicMs();
  }

  /** Counts that the shaft can turn in a chunk: its own, and those that it still lags by. */
  #reachOf(pulses: number): number {
    const { pulsesPerRev } = this.#parts;
    const lag = countsOf(this.#received, pulsesPerRev) - this.#shaft.turnedCounts;
    return countsOf(pulses, pulsesPerRev) + Math.max(0, lag);
  }

  async #runChunk(pulses: number, code: number): Promise<void> {
    const { pulsesPerRev, pollsWhileMoving, count } = this.#parts;
    const order = {
      pulses,
      code,
      receivedBefore: this.#received,
      pulsesPerRev,
      pollsWhileMoving,
      latencyMs: this.latencyMs,
    };
    const chunk = new ChunkRun(order, { shaft: this.#shaft, count, clock: this.#clock, timing: this.timing });
    this.#chunk = chunk;
    this.#chunkCounts = countsOf(pulses, pulsesPerRev);
    try {
      const outcome = await chunk.run();
      this.#account(outcome);
      if (outcome.kind === 'complete') await this.#learnCount(count);
    } finally {
      this.timing = chunk.timing;
    }
    this.#chunk = null;
    this.#shaft.throwIfStopping();
  }

  /** A board that lost its supply between two chunks counts anew, from where its shaft rests. */
  async #learnCount(count: PulseCount): Promise<void> {
    const turned = this.#shaft.turnedCounts;
    await this.#shaft.reliably(() => count.learn(this.#received));
    const moved = Math.abs(this.#shaft.turnedCounts - turned);
    if (moved > toleranceCounts(this.#chunkCounts)) this.#shaft.throwRestarted();
  }

  #account({ kind, received }: ChunkOutcome): void {
    const { board, log } = this.#parts;
    if (kind !== 'complete') log.debug({ address: board.address, kind, received }, 'a chunk was not turned as ordered');
    this.#received = received;
    this.#idleChunks = kind === 'idle' ? this.#idleChunks + 1 : 0;
    this.#lostOrders = kind === 'order-lost' ? this.#lostOrders + 1 : 0;
    if (kind === 'idle') this.latencyMs += MORE_PATIENCE_MS;
    if (this.#idleChunks === IDLE_CHUNK_LIMIT) {
      const sentence = `The motor stalled: ${board.name} took ${IDLE_CHUNK_LIMIT} orders, and its shaft did not turn`;
      throw new PeristaError('E102', sentence);
    }
    if (this.#lostOrders === LOST_ORDER_LIMIT) {
      throw new PeristaError('E107', `${board.name} did not take an order in ${LOST_ORDER_LIMIT} attempts`);
    }
  }

  async #endStopped(): Promise<MotionEnd> {
    const { position: seen, isUnbroken } = await this.#stoppedAt();
    if (this.#shaft.isLost) return { kind: 'stopped', position: seen };
    const isDropped = await this.#ifItAnswers('drop what its shaft lags by', () =>
      this.#shaft.reliably(() => dropLag(this.#parts.board)),
    );
    return { kind: 'stopped', position: seen !== null && isDropped ? await this.#lastRest(seen) : null, isUnbroken };
  }

  /**
   * A shaft that was held may have come free after it was seen at rest, and made up for what it lagged by until then.
   * A board that counted anew, since its motor was let go or its supply was lost, tells the angle at best: null if not.
   */
  async #lastRest(seen: number): Promise<number | null> {
    const { board } = this.#parts;
    const longest = this.#chunkCounts + toleranceCounts(this.#chunkCounts);
    let rest: number | null = seen;
    await this.#ifItAnswers('show where its shaft rests', async () => {
      const now = await board.positionAtRest();
      const step = this.#shaft.turnedBetween(seen, now);
      const isWhole = step >= -toleranceCounts(0) && step <= longest;
      if (!board.counter.keepsAngle && (!isWhole || (await this.#chunk?.judgeCountOnce()) === 'restarted')) {
        rest = null;
        return;
      }
      const turned = isWhole ? step : board.withinTurn(step);
      if (turned > REST_COUNTS && turned <= longest) rest = this.#shaft.ahead(seen, turned);
    });
    return rest;
  }

  /**
   * No position also if the board restarted in the chunk that was stopped. Its count may leave that open; a place beyond
   * the first turn of its counter does not.
   */
  async #stoppedAt(): Promise<{ readonly position: number | null; readonly isUnbroken: boolean }> {
    const position = await this.#shaft.haltedPosition();
    if (position === null || this.#chunk === null) return { position, isUnbroken: false };
    const verdict = await this.#chunk.judgeCountOnce();
    if (!this.#parts.board.mayHaveRestarted(position)) return { position, isUnbroken: true };
    return { position: verdict === 'restarted' ? null : position, isUnbroken: verdict === 'unbroken' };
  }

  /** Standstill seen, then the motor disabled, then told. One that may still make up for its lag tells no position. */
  async #endWithFault({ code, message }: PeristaError): Promise<MotionEnd> {
    const seen = this.#startedMs === null ? null : this.#shaft.position;
    const position = await this.#shaft.haltedPosition();
    if (this.#shaft.isLost) return { kind: 'fault', code, message, position: null, seen };
    this.#letGoAt = position;
    const isDisabled = await this.#ifItAnswers('disable its motor after a fault', () =>
      this.#shaft.reliably(() => this.#parts.board.ask(BOARD.enable(false))),
    );
    const mayBeAnew = seen === null || this.#parts.board.mayHaveRestartedInChunk(seen, this.#chunkCounts);
    const isUnbroken = !mayBeAnew && this.#shaft.isUnbroken;
    return { kind: 'fault', code, message, position: isDisabled ? position : null, seen, isUnbroken };
  }

  /** The motion is over: what the board cannot be told any more is told when it is made safe again. */
  async #ifItAnswers(what: string, work: () => Promise<unknown>): Promise<boolean> {
    const { board, log } = this.#parts;
    for (let passed = 0; ; passed++) {
      try {
        await work();
        return true;
      } catch (error) {
        const isPassed = error instanceof PassedByStop;
        if (isPassed && passed < FURTHER_STOPS) continue;
        if (!isPassed && !isPeristaError(error)) throw error;
        log.warn({ address: board.address }, `a board did not ${what}`);
        return false;
      }
    }
  }

  #longestChunk(): number {
    if (this.#parts.board.counter.bits > 16) return Number.POSITIVE_INFINITY;
    return Math.floor(NARROW_COUNTER_TURNS * this.#parts.pulsesPerRev);
  }

  #elapsedMs(): number {
    return this.#startedMs === null ? 0 : this.#clock.monotonicMs() - this.#startedMs;
  }
}
