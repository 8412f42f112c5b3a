import {
  type ChunkTiming,
  type Clock,
  countsToPulses,
  learnClock,
  learnOverhead,
  PeristaError,
  pulsesIn,
  turningMs,
} from '@perista/core';
import { BOARD } from './commands.ts';
import { COUNTS_PER_REV } from './firmware.ts';
import {
  type ChunkTravel,
  countsOf,
  findRunaway,
  hasProgress,
  isComplete,
  judgeShortfall,
  RUNAWAY_FACTOR,
  toleranceCounts,
} from './judge-chunk.ts';
import type { CountFacts, CountVerdict, PulseCount } from './pulse-count.ts';
import { isLineError, REST_COUNTS } from './servo42c-board.ts';
import { PassedByStop } from './servo42c-line.ts';
import type { SupervisedShaft } from './supervised-shaft.ts';

/** From the order to the first pulse, ms; 21 to 39 were seen. */
const USUAL_LATENCY_MS = 33;
export const LONGEST_LATENCY_MS = 45;
/** A chunk is left alone until so much past its expected end, as part of its length. */
const END_MARGIN = 0.05;
/** A completion frame sooner than this part of a chunk belongs to an earlier one. */
const EARLIEST_COMPLETION = 0.7;
const POLL_MS = 200;
/** For so long a shaft that lags may make up for it before it counts as stalled. */
const CATCH_UP_MS = 1300;
const CATCH_UP_LOOK_MS = 100;
/** A chunk that turns on so long past twice its expected end is stopped. */
const OVERDUE_MS = 1500;

/** Looks in a row that find the shaft elsewhere than the look before. */
const UNREST_LIMIT = 50;

type Ack = 'started' | 'complete' | 'failed' | 'lost';

export interface ChunkOrder {
  readonly pulses: number;
  readonly code: number;
  /** Pulses that the board had before, in this motion. */
  readonly receivedBefore: number;
  readonly pulsesPerRev: number;
  readonly pollsWhileMoving: boolean;
  /** For so long after the order the shaft may not have begun to turn. */
  readonly latencyMs: number;
}

/** What became of a chunk that did not end in a fault. */
export interface ChunkOutcome {
  /** Pulses of this motion that the board has now, whether the shaft has followed or lags within the tolerance. */
  readonly received: number;
  /** `idle`: acknowledged without turning. `order-lost`: neither. */
  readonly kind: 'complete' | 'cut-short' | 'idle' | 'order-lost';
}

export interface ChunkRunParts {
  readonly shaft: SupervisedShaft;
  readonly count: PulseCount;
  readonly clock: Clock;
  readonly timing: ChunkTiming;
}

/** One chunk of a motion, from rest to rest. Throws PeristaError E102, E103, E104, E108, E109 as faults of the motor. */
export class ChunkRun {
  readonly #order: ChunkOrder;
  readonly #shaft: SupervisedShaft;
  readonly #count: PulseCount;
  readonly #clock: Clock;
  readonly #expectedMs: number;
  readonly #sentMs: number;
  readonly #turnedBefore: number;
  readonly #haltsBefore: number;
  /** The board has said that this chunk has ended. */
  #hasToldEnd = false;
  /** null: not told yet. */
  #ack: Ack | null = null;
  /** What was learnt of the board's time by now. */
  timing: ChunkTiming;

  constructor(order: ChunkOrder, { shaft, count, clock, timing }: ChunkRunParts) {
    this.#order = order;
    this.#shaft = shaft;
    this.#count = count;
    this.#clock = clock;
    this.timing = timing;
    this.#expectedMs = turningMs(order.pulses, order.code, timing.clockFactor);
    this.#sentMs = clock.monotonicMs();
    this.#turnedBefore = shaft.turnedCounts;
    this.#haltsBefore = shaft.halts;
  }

  async run(): Promise<ChunkOutcome> {
    const ack = await this.#send();
    this.#ack = ack;
    if (ack === 'failed') await this.#throwRefused();
    if (ack !== 'lost') await this.#untilDue();
    await this.#untilAtRest();
    const outcome = await this.#settle(ack);
    if (outcome.kind === 'complete') {
      this.timing = learnOverhead(this.timing, this.#expectedMs, this.#clock.monotonicMs() - this.#sentMs);
    }
    return outcome;
  }

  /** The board says that a move has ended. */
  onCompletion(): void {
    const turnedMs = this.#clock.monotonicMs() - this.#sentMs - USUAL_LATENCY_MS;
    if (turnedMs < EARLIEST_COMPLETION * this.#expectedMs) return;
    this.#hasToldEnd = true;
    this.timing = learnClock(this.timing, this.#order.pulses, this.#order.code, turnedMs);
    this.#shaft.wake();
  }

  /** At rest: what the count says, whatever the shaft did; null if the board cannot be asked just now. */
  async judgeCountOnce(shownCounts: number | null = null): Promise<CountVerdict | null> {
    try {
      return await this.#judgeCount({ followedCounts: null, shownCounts });
    } catch (error) {
      if (isLineError(error) || error instanceof PassedByStop) return null;
      throw error;
    }
  }

  /** A reply that was lost may hide a move that began: then the encoder is asked before anything is ordered again. */
  async #send(): Promise<Ack> {
    const { board, direction } = this.#shaft;
    this.#shaft.throwIfStopping();
    try {
      return await board.ask(BOARD.runPulses(direction, this.#order.code, this.#order.pulses));
    } catch (error) {
      if (isLineError(error)) return 'lost';
      throw error;
    }
  }

  async #untilDue(): Promise<void> {
    const dueMs = this.#sentMs + this.#order.latencyMs + this.#expectedMs * (1 + END_MARGIN);
    if (!this.#order.pollsWhileMoving) return this.#shaft.sleepUntil(dueMs);
    while (this.#clock.monotonicMs() < dueMs) {
      const nextMs = Math.min(dueMs, this.#clock.monotonicMs() + POLL_MS);
      await this.#shaft.sleepUntil(nextMs);
      const wasWoken = this.#clock.monotonicMs() < nextMs;
      await this.#shaft.look();
      await this.#throwIfRunaway(true);
      await this.#throwIfTooFast();
      if (wasWoken) return;
    }
  }

  async #untilAtRest(): Promise<void> {
    const limitMs = this.#sentMs + 2 * this.#expectedMs + OVERDUE_MS;
    for (let isFirst = true; ; isFirst = false) {
      const lookedMs = this.#clock.monotonicMs();
      const atRest = await this.#shaft.lookForRest();
      await this.#throwIfRunaway(!atRest);
      if (isFirst) this.#learnFromLook(atRest ? lookedMs : this.#clock.monotonicMs());
      if (atRest) return;
      if (this.#clock.monotonicMs() > limitMs) await this.#shaft.halt();
    }
  }

  /** A look that found the chunk unfinished shows how fast it turns. */
  #learnFromLook(seenMs: number): void {
    const { orderedCounts, turnedCounts } = this.#travel();
    if (turnedCounts >= orderedCounts - toleranceCounts(orderedCounts) || turnedCounts < orderedCounts / 2) return;
    const turnedMs = seenMs - this.#sentMs - USUAL_LATENCY_MS;
    this.timing = learnClock(this.timing, this.#pulsesOf(turnedCounts), this.#order.code, turnedMs);
  }

  /** What is short is never ordered again before the board was stopped: it may only just begin to turn. */
  async #settle(ack: Ack): Promise<ChunkOutcome> {
    const complete = { kind: 'complete', received: this.#order.receivedBefore + this.#order.pulses } as const;
    if (isComplete(this.#travel())) {
      await this.#throwIfBegunAnew();
      return complete;
    }
    const angleError = await this.#readAngleErrorAtRest();
    const travel = this.#travel();
    if (isComplete(travel)) {
      await this.#throwIfBegunAnew();
      return complete;
    }
    const mayBeWhole = ack !== 'lost' && this.#shaft.halts === this.#haltsBefore;
    const shortfall = judgeShortfall(travel, angleError, mayBeWhole);
    const followedCounts = this.#shaft.turnedCounts + shortfall.lagCounts;
    const verdict = await this.#shaft.reliably(() => this.#judgeCount({ followedCounts, shownCounts: null }));
    if (verdict === 'restarted') this.#shaft.throwRestarted();
    if (shortfall.kind === 'lag-within-tolerance') return complete;
    if (shortfall.kind === 'lagging' || verdict === 'ahead') {
      await this.#untilCaughtUp();
      return complete;
    }
    const turned = this.#shaft.turnedCounts;
    await this.#shaft.halt();
    if (Math.abs(this.#shaft.turnedCounts - turned) > REST_COUNTS) return this.#settle(ack);
    const made = Math.round(this.#pulsesOf(this.#shaft.turnedCounts + shortfall.lagCounts));
    const received = Math.min(complete.received, Math.max(this.#order.receivedBefore, made));
    if (hasProgress(this.#travel())) return { kind: 'cut-short', received };
    if (ack === 'lost') return { kind: 'order-lost', received };
    if (await this.#isTripped()) await this.#throwFault(this.#trippedError());
    return { kind: 'idle', received };
  }

  /**
   * A board that restarted shows a place near 0, by chance the very one that was ordered, and its count fits that as well; but
   * it tells of no end, and has counted nothing. @throws PeristaError E101
   */
  async #throwIfBegunAnew(): Promise<void> {
    const { board, position } = this.#shaft;
    if (this.#hasToldEnd || !board.mayHaveRestarted(position)) return;
    if (await this.#shaft.reliably(() => this.#count.hasBegunAnew())) this.#shaft.throwRestarted();
  }

  /**
   * The angle error of the place that was read last. A shaft that was held and comes free between the two readings would
   * show little lag far behind its order, and what it makes up for would be ordered again.
   */
  async #readAngleErrorAtRest(): Promise<number> {
    for (let round = 0; round < UNREST_LIMIT; round++) {
      const before = this.#shaft.turnedCounts;
      const angleError = await this.#shaft.reliably(() => this.#shaft.board.ask(BOARD.readAngleError()));
      const atRest = await this.#shaft.lookForRest();
      await this.#throwIfRunaway(!atRest);
      if (atRest && Math.abs(this.#shaft.turnedCounts - before) <= REST_COUNTS) return angleError;
    }
    return this.#throwFault(
      new PeristaError('E102', 'The motor stalled: its shaft does not come to rest where it was ordered'),
    );
  }

  /** A closed-loop motor makes up for what it missed as soon as its shaft is free. @throws PeristaError E102 */
  async #untilCaughtUp(): Promise<void> {
    const limitMs = this.#clock.monotonicMs() + CATCH_UP_MS;
    while (this.#clock.monotonicMs() < limitMs) {
      await this.#shaft.sleepUntil(this.#clock.monotonicMs() + CATCH_UP_LOOK_MS);
      const atRest = await this.#shaft.lookForRest();
      await this.#throwIfRunaway(!atRest);
      const { shortCounts, orderedCounts } = this.#travel();
      if (atRest && shortCounts <= toleranceCounts(orderedCounts)) return;
    }
    const missingTurns = (this.#travel().shortCounts / COUNTS_PER_REV).toFixed(2);
    await this.#throwFault(
      new PeristaError('E102', `The motor stalled: its shaft is ${missingTurns} revolutions behind its orders`),
    );
  }

  async #throwRefused(): Promise<never> {
    if (await this.#isTripped()) await this.#throwFault(this.#trippedError());
    throw new PeristaError('E108', `${this.#shaft.board.name} refused to turn; its work mode may have been changed`);
  }

  async #isTripped(): Promise<boolean> {
    const { board } = this.#shaft;
    return (await this.#shaft.reliably(() => board.askSurely(BOARD.readStalled()))) === 'stalled';
  }

  #trippedError(): PeristaError {
    return new PeristaError('E102', `The motor stalled: the stall protection of ${this.#shaft.board.name} tripped`);
  }

  async #throwIfRunaway(stillTurning: boolean): Promise<void> {
    const fault = findRunaway(this.#travel(), stillTurning);
    if (fault !== null) await this.#throwFault(new PeristaError(fault.code, fault.message));
  }

  /** Counters that began anew look like a shaft that ran or turned back. A shaft that does not heed stop is no such thing. */
  async #throwFault(fault: PeristaError): Promise<never> {
    const { board, turnedCounts, position } = this.#shaft;
    const timesLetGo = board.timesLetGo;
    const rest = await this.#shaft.haltedPosition();
    if (rest === null || board.timesLetGo !== timesLetGo) throw fault;
    if (!board.mayHaveRestartedInChunk(rest, this.#travel().orderedCounts)) throw fault;
    const shownCounts = turnedCounts + this.#shaft.turnedBetween(position, rest);
    if ((await this.judgeCountOnce(shownCounts)) === 'restarted') this.#shaft.throwRestarted();
    throw fault;
  }

  /** At rest: what the board's own count says of this chunk. @throws PassedByStop, PeristaError E101, E106, E107 */
  #judgeCount(shaft: Pick<CountFacts, 'followedCounts' | 'shownCounts'>): Promise<CountVerdict> {
    const { receivedBefore, pulses } = this.#order;
    const mayHaveBegun = this.#ack !== 'lost' || this.#shaft.halts > this.#haltsBefore;
    const unseenMs = mayHaveBegun ? this.#clock.monotonicMs() - this.#sentMs : 0;
    return this.#count.judge({ receivedBefore, ordered: pulses, ...shaft, unseenMs });
  }

  async #throwIfTooFast(): Promise<void> {
    const { turnedCounts, orderedCounts } = this.#travel();
    const nominal = this.#countsOf(pulsesIn(this.#clock.monotonicMs() - this.#sentMs, this.#order.code, 1));
    if (turnedCounts <= RUNAWAY_FACTOR * nominal + toleranceCounts(orderedCounts)) return;
    const times = (turnedCounts / nominal).toFixed(1);
    await this.#throwFault(new PeristaError('E103', `The motor runs faster than commanded: ${times} times`));
  }

  #travel(): ChunkTravel {
    const { receivedBefore, pulses } = this.#order;
    return {
      orderedCounts: this.#countsOf(pulses),
      turnedCounts: this.#shaft.turnedCounts - this.#turnedBefore,
      shortCounts: this.#countsOf(receivedBefore + pulses) - this.#shaft.turnedCounts,
    };
  }

  #countsOf(pulses: number): number {
    return countsOf(pulses, this.#order.pulsesPerRev);
  }

  #pulsesOf(counts: number): number {
    return countsToPulses(counts, this.#order.pulsesPerRev, COUNTS_PER_REV);
  }
}
