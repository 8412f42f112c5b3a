import {
  assert,
  beginDose,
  type Cancel,
  type Claim,
  type DoseEffect,
  type DoseEnding,
  type DoseFailure,
  type DoseInput,
  type DoseMachineState,
  isPeristaError,
  type MotionOutcome,
  type StopWish,
  stepDose,
  type Travel,
  travelVolume,
  type VolumeRange,
  type Waypoint,
} from '@perista/core';
import type { MotionEnd, MotionTick } from '@perista/drivers';
import { type BoardOrder, startRecord, termsOf } from './dose-order.ts';
import type { DoseBeginning, DoseOutcome, DoseProgress, DoseWorld } from './dose-world.ts';
import { attempt, failureOf } from './failure.ts';
import type { DoseEnd, EndedDose } from './journal/dose-record.ts';
import { Lease } from './safety/lease.ts';
import { stopUntilProven } from './safety/stop-until-proven.ts';

const JOURNAL_RETRY_MS = 1000;

class MotionWithdrawn extends Error {}

/**
 * One dose, from the reading of its baseline to its END in the journal. The dose machine decides; this performs what it
 * asks for on the driver and the journal, and feeds back what came of it. Stop never waits for a journal or a reading.
 */
export class DoseRunner {
  readonly order: BoardOrder;
  /** Settles as soon as it is clear whether motion began. */
  readonly beginning: Promise<DoseBeginning>;
  /** Settles when the dose is recorded and its shaft at rest, or when it was given up. */
  readonly over: Promise<DoseOutcome>;

  readonly #world: DoseWorld;
  readonly #lease: Lease;
  readonly #board: Claim;
  readonly #reportBeginning: (beginning: DoseBeginning) => void;
  readonly #reportOver: (outcome: DoseOutcome) => void;
  #state: DoseMachineState;
  #recorded: EndedDose | null = null;
  #movedAtMs: number | null = null;
  #overAtMs: number | null = null;
  #cancelDurationCap: Cancel = () => {};

  constructor(order: BoardOrder, world: DoseWorld) {
    this.order = order;
    this.#world = world;
    const beginning = Promise.withResolvers<DoseBeginning>();
    const over = Promise.withResolvers<DoseOutcome>();
    this.beginning = beginning.promise;
    this.over = over.promise;
    this.#reportBeginning = beginning.resolve;
    this.#reportOver = over.resolve;
    this.#board = world.claimBoard();
    this.#lease = new Lease(world.clock, order.leaseMs, () => this.requestStop(LEASE_LOST));
    const first = beginDose();
    this.#state = first.state;
    this.#perform(first.effects).catch(world.onBroken);
  }

  get phase(): DoseMachineState['kind'] {
    return this.#state.kind;
  }

  /** Stops at once; the record follows. Without effect when the dose is stopping or over. */
  requestStop(wish: StopWish): void {
    this.#feed({ kind: 'stop-requested', wish });
  }

  extendLease(untilMs: number): void {
    this.#lease.extend(untilMs);
  }

  /** What is certain now: volume by the encoder as of the last chunk, times by the clock. */
  progress(): DoseProgress {
    const { doseId, pumpId, motion } = this.order;
    const elapsedMs = this.#elapsedMs();
    return {
      doseId,
      pumpId,
      deliveredMl: this.#volume(travelSoFar(this.#state)).loMl,
      elapsedMs,
      remainingMs: Math.max(0, motion.durationMs - elapsedMs),
    };
  }

  #feed(input: DoseInput): void {
    this.#input(input).catch(this.#world.onBroken);
  }

  /** Resolves when the effects of `input` that it must wait for are done. */
  async #input(input: DoseInput): Promise<void> {
    const transition = stepDose(termsOf(this.order), this.#state, input);
    if (transition === null) {
      this.#world.log.debug(
        { doseId: this.order.doseId, state: this.#state.kind, input: input.kind },
        'input passed by',
      );
      return;
    }
    this.#state = transition.state;
    await this.#perform(transition.effects);
  }

  async #perform(effects: readonly DoseEffect[]): Promise<void> {
    const done = effects.map((effect) => this.#effects[effect.kind](effect as never));
    this.#world.onChange();
    await Promise.all(done);
  }

  readonly #effects: { readonly [K in DoseEffect['kind']]: (effect: Extract<DoseEffect, { kind: K }>) => unknown } = {
    'read-baseline': () => this.#readBaseline(),
    'journal-start': ({ baseline }) => this.#journalStart(baseline),
    move: () => this.#beginMotion(),
    'journal-tick': ({ waypoint }) => this.#journalTick(waypoint),
    'stop-motor': () => {
      this.#stopMotor().catch(this.#world.onBroken);
    },
    'journal-end': ({ ending }) => this.#journalEnd(ending),
    'retry-journal-end': ({ ending }) => {
      this.#world.clock.after(JOURNAL_RETRY_MS, () => this.#journalEnd(ending).catch(this.#world.onBroken));
    },
    report: () => this.#report(),
  };

  async #readBaseline(): Promise<void> {
    const read = await attempt(async () => {
      await this.#board.granted;
      return this.#world.driver.readPosition();
    });
    await this.#input(
      read.kind === 'done'
        ? { kind: 'baseline-read', position: read.value }
        : { kind: 'baseline-failed', failure: read.failure },
    );
  }

  async #journalStart(baseline: number): Promise<void> {
    const { clock, journal } = this.#world;
    const start = startRecord(this.order, baseline, clock.wallMs());
    const written = await attempt(() => journal.start(start));
    if (written.kind === 'failed') {
      await this.#input({ kind: 'start-journal-failed', failure: written.failure });
      return;
    }
    const isLate = clock.monotonicMs() > this.order.deadlineMs;
    if (isLate) await this.#input({ kind: 'stop-requested', wish: { cause: 'fault', failure: TOO_LATE } });
    await this.#input({ kind: 'start-journalled' });
  }

  #beginMotion(): void {
    this.#movedAtMs = this.#world.clock.monotonicMs();
    this.#cancelDurationCap = this.#world.clock.after(this.order.capMs, () =>
      this.requestStop({ cause: 'cap', failure: null }),
    );
    this.#reportBeginning({ kind: 'moving' });
    this.#move().catch(this.#world.onBroken);
  }

  async #move(): Promise<void> {
    const outcome = await this.#motionOutcome();
    await this.#input({ kind: 'motion-ended', outcome });
  }

  async #motionOutcome(): Promise<MotionOutcome> {
    try {
      return toOutcome(await this.#world.driver.move(this.order.motion, (tick) => this.#onTick(tick)));
    } catch (thrown) {
      if (thrown instanceof MotionWithdrawn) return { kind: 'withdrawn' };
      if (isPeristaError(thrown)) return { kind: 'fault', failure: failureOf(thrown), position: null, seen: null };
      throw thrown;
    }
  }

  /** Lets the next chunk begin only if its tick is durable and nobody wants the dose to stop. */
  async #onTick({ position, nextChunkCounts }: MotionTick): Promise<void> {
    if (this.#lease.isOver) this.requestStop(LEASE_LOST);
    await this.#input({ kind: 'tick', position, nextChunkCounts });
    if (this.#state.kind !== 'moving') throw new MotionWithdrawn();
  }

  async #journalTick(waypoint: Waypoint): Promise<void> {
    const { doseId, pumpId } = this.order;
    const tick = { doseId, waypoint, elapsedMs: Math.round(this.#elapsedMs()) };
    const written = await attempt(() => this.#world.journal.tick(pumpId, tick));
    if (written.kind === 'failed') await this.#input({ kind: 'tick-journal-failed', failure: written.failure });
  }

  async #stopMotor(): Promise<void> {
    const { driver, clock, onUnproven } = this.#world;
    const proof = await stopUntilProven(driver, clock, (error) => onUnproven(failureOf(error)));
    await this.#input(
      proof.kind === 'at-rest'
        ? { kind: 'standstill-seen', position: proof.position }
        : { kind: 'standstill-unproven', failure: failureOf(proof.error) },
    );
  }

  async #journalEnd(ending: DoseEnding): Promise<void> {
    this.#lease.end();
    this.#cancelDurationCap();
    this.#overAtMs ??= this.#world.clock.monotonicMs();
    const end: DoseEnd = {
      ...ending,
      ...this.#volume(ending.travel),
      durationMs: this.#elapsedMs(),
      endedAtWallMs: this.#world.clock.wallMs(),
    };
    const written = await attempt(() => this.#world.journal.end(this.order.doseId, end));
    if (written.kind === 'failed') {
      this.#world.log.error(
        { doseId: this.order.doseId, ...written.failure },
        'END of a dose is not in the journal yet',
      );
      await this.#input({ kind: 'end-journal-failed' });
      return;
    }
    this.#recorded = written.value;
    await this.#input({ kind: 'end-journalled' });
  }

  #report(): void {
    this.#lease.end();
    this.#board.abandon();
    this.#board.granted.then(
      (release) => release(),
      () => {},
    );
    const outcome = this.#outcome();
    this.#reportBeginning(outcome);
    this.#reportOver(outcome);
  }

  #outcome(): DoseOutcome {
    if (this.#state.kind === 'not-started') return { kind: 'not-started', wish: this.#state.wish };
    assert(this.#recorded !== null, 'a dose is reported when it was given up or recorded');
    return { kind: 'ended', dose: this.#recorded };
  }

  #elapsedMs(): number {
    if (this.#movedAtMs === null) return 0;
    return (this.#overAtMs ?? this.#world.clock.monotonicMs()) - this.#movedAtMs;
  }

  #volume(travel: Travel): VolumeRange {
    return travelVolume(travel, this.order.encoder.countsPerRev, this.order.mlPerRev);
  }
}

const LEASE_LOST: StopWish = { cause: 'lease-lost', failure: null };

const TOO_LATE: DoseFailure = {
  code: 'E204',
  message: 'The order was journalled too late to begin: its deadline had passed',
};

function toOutcome(end: MotionEnd): MotionOutcome {
  if (end.kind !== 'fault') return end;
  const { code, message, ...sight } = end;
  return { ...sight, failure: { code, message } };
}

const NO_TRAVEL: Travel = { lo: 0, hi: 0 };

/** Travel that is certain in a state: by the last tick while the shaft may turn, by the ending after it. */
function travelSoFar(state: DoseMachineState): Travel {
  if (state.kind === 'moving' || state.kind === 'stopping') return state.last.travel;
  if (state.kind === 'journalling-end' || state.kind === 'ended') return state.ending.travel;
  return NO_TRAVEL;
}
