import {
  assert,
  type Cancel,
  type Clock,
  type DoseFailure,
  ERRORS,
  type Interlock,
  type Log,
  type StopWish,
  stopByInput,
} from '@perista/core';
import type { Position, PumpDriver, SensorState } from '@perista/drivers';
import { type DoseOrder, toBoardOrder } from '../dose-order.ts';
import { DoseRunner } from '../dose-runner.ts';
import type { DoseOutcome } from '../dose-world.ts';
import { attempt, failureOf } from '../failure.ts';
import type { DoseJournal } from '../journal/dose-journal.ts';
import { type StopProof, tryStop } from '../safety/stop-until-proven.ts';
import { waitAtMost } from '../safety/wait-at-most.ts';
import type { CreateDriver } from './create-driver.ts';
import { isRelay, type PumpSetup } from './pump-setup.ts';
import { settleOpenDoses } from './settle-open-doses.ts';

/** For so long everybody waits for a board to be made safe; one that is slower comes later, by itself. */
export const BOARD_WAIT_MS = 3000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** A shaft that rests may be read this part of a revolution off. */
const REST_TOLERANCE_REV = 0.125;

export type PumpActivity = 'idle' | 'running' | 'stopping' | 'fault' | 'offline';

export interface UnitWorld {
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: DoseJournal;
  readonly interlock: Interlock;
  readonly createDriver: CreateDriver;
  /** Why the inputs of a pump keep it from moving, or null. */
  readonly blockOf: (pumpId: string) => DoseFailure | null;
  /** Something that the controller is told of may have changed. */
  onChange(): void;
  onBroken(bug: unknown): void;
}

const notSafeYet = (setup: PumpSetup): DoseFailure =>
  isRelay(setup)
    ? { code: 'E110', message: 'The relays have not answered yet' }
    : { code: 'E101', message: 'The motor board has not answered yet' };

/** One pump: its board, its faults and its dose. It moves only when its board was made safe and no fault stands. */
export class PumpUnit {
  readonly setup: PumpSetup;
  readonly #world: UnitWorld;
  #driver: PumpDriver | null = null;
  /** Why the board cannot be used now; null once it was made safe. Goes away by itself when the board answers. */
  #boardFailure: DoseFailure | null;
  /** What a person has to deal with; stands until cleared. */
  #fault: DoseFailure | null;
  #dose: DoseRunner | null = null;
  #restedAt: Position | null = null;
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry: Cancel = () => {};
  #bringingUp: Promise<void> | null = null;
  #isClosed = false;

  constructor(setup: PumpSetup, world: UnitWorld, fault: DoseFailure | null) {
    this.setup = setup;
    this.#world = world;
    this.#fault = fault;
    this.#boardFailure = notSafeYet(setup);
  }

  get pumpId(): string {
    return this.setup.pumpId;
  }

  get dose(): DoseRunner | null {
    return this.#dose;
  }

  get activity(): PumpActivity {
    if (this.#dose !== null) return this.#dose.phase === 'stopping' ? 'stopping' : 'running';
    if (this.#fault !== null) return 'fault';
    const failure = this.#passingFailure;
    if (failure === null) return 'idle';
    return ERRORS[failure.code].retryable ? 'offline' : 'fault';
  }

  /** Why the pump cannot take a dose, or null. */
  get failure(): DoseFailure | null {
    return this.#fault ?? this.#passingFailure;
  }

  /** What goes away by itself. */
  get #passingFailure(): DoseFailure | null {
    return this.#boardFailure ?? this.#world.blockOf(this.pumpId);
  }

  /** An input has tripped, or is well again: a dose that runs against it is stopped at once. */
  onInputs(): void {
    const block = this.#world.blockOf(this.pumpId);
    if (block !== null) this.#dose?.requestStop(stopByInput(block));
    this.#world.onChange();
  }

  /** Pumps with the same word here never move together. */
  get interlockGroup(): string {
    return this.setup.mutexGroup === '' ? `pump/${this.pumpId}` : `group/${this.setup.mutexGroup}`;
  }

  /** Makes the board safe and settles what was cut off. One try; if it fails, tries go on in the background. */
  bringUp(): Promise<void> {
    this.#cancelRetry();
    this.#bringingUp ??= this.#tryBringUp().finally(() => {
      this.#bringingUp = null;
    });
    return this.#bringingUp;
  }

  /** Begins a dose. The caller has found the pump ready and its interlock group free. */
  begin(order: DoseOrder): DoseRunner {
    const { clock, log, journal, interlock, onChange, onBroken } = this.#world;
    const driver = this.#driver;
    const release = interlock.tryAcquire(this.interlockGroup, order.doseId);
    assert(driver !== null && this.failure === null, 'only a ready pump begins a dose');
    assert(release !== null && this.#dose === null, 'a dose begins only when its group is at rest');
    const dose = new DoseRunner(toBoardOrder(order, this.setup, driver.capabilities), {
      clock,
      log,
      journal,
      driver,
      claimBoard: () => interlock.acquire(this.#boardLock, order.doseId),
      onChange,
      onUnproven: (failure) => {
        log.error({ pumpId: this.pumpId, doseId: order.doseId, ...failure }, 'standstill not seen, stop is repeated');
        this.#boardFailure = failure;
        onChange();
      },
      onBroken,
    });
    this.#dose = dose;
    this.#restedAt = null;
    dose.over
      .then((outcome) => {
        this.#dose = null;
        this.#learnFrom(outcome);
        release();
        onChange();
      })
      .catch(onBroken);
    onChange();
    return dose;
  }

  /** Sends stop at once, passing everything, and ends the dose if there is one; resolves with what was seen. */
  async stop(wish: StopWish): Promise<StopProof | null> {
    if (this.#driver === null) return null;
    const trying = tryStop(this.#driver);
    this.#dose?.requestStop(wish);
    const proof = await trying;
    if (proof.kind === 'unproven' && this.#dose === null) this.#loseBoard(failureOf(proof.error));
    return proof;
  }

  /** A person has dealt with the fault: makes the board safe again. Resolves with what then stands in the way. */
  async clearFault(): Promise<DoseFailure | null> {
    assert(this.#dose === null, 'a fault is cleared when no dose runs');
    this.#boardFailure ??= notSafeYet(this.setup);
    await this.#world.journal.quarantine(this.pumpId);
    this.#fault = null;
    await waitAtMost(this.#world.clock, BOARD_WAIT_MS, this.bringUp());
    return this.failure;
  }

  /** Watches the resting pump. Null while it is busy or cannot be asked. */
  async readSensors(): Promise<SensorState | null> {
    const driver = this.#driver;
    if (driver === null || this.#boardFailure !== null || this.#dose !== null || this.#isClosed) return null;
    const release = this.#world.interlock.tryAcquire(this.#boardLock, 'sensors');
    if (release === null) return null;
    const reading = await attempt(async () => {
      const sensors = await driver.readSensors();
      // A board that tells nothing may just have been stopped; this throws where it is silent.
      if (sensors.position === null) await driver.readPosition();
      return sensors;
    }).finally(release);
    if (reading.kind === 'done') {
      if (this.#dose === null) this.#judge(reading.value, driver);
      return reading.value;
    }
    this.#loseBoard(reading.failure);
    return null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    await this.#bringingUp;
    await this.#driver?.close();
  }

  async #tryBringUp(): Promise<void> {
    const { clock, createDriver, journal, log, onChange } = this.#world;
    if (this.#isClosed || this.#dose !== null) return;
    const safe = await attempt(async () => {
      this.#driver ??= createDriver(this.setup);
      const rest = await this.#driver.makeSafe();
      const board = this.#driver.capabilities;
      await settleOpenDoses(journal, this.pumpId, { rest, board }, clock.wallMs());
      return rest.position;
    });
    if (safe.kind === 'done') {
      log.info({ pumpId: this.pumpId }, 'board is safe');
      this.#boardFailure = null;
      this.#restedAt = safe.value;
      this.#retryMs = FIRST_RETRY_MS;
      onChange();
    } else {
      this.#loseBoard(safe.failure);
    }
  }

  /** The board cannot be used: says so, and tries again later and later. */
  #loseBoard(failure: DoseFailure): void {
    this.#world.log.error({ pumpId: this.pumpId, ...failure }, 'board cannot be used');
    this.#boardFailure = failure;
    if (!this.#isClosed) {
      this.#cancelRetry();
      this.#cancelRetry = this.#world.clock.after(this.#retryMs, () => {
        this.bringUp().catch(this.#world.onBroken);
      });
      this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
    }
    this.#world.onChange();
  }

  /** What a dose has shown of its pump. */
  #learnFrom(outcome: DoseOutcome): void {
    const failure = outcome.kind === 'ended' ? outcome.dose.end.failure : outcome.wish.failure;
    const fault = failure !== null && ERRORS[failure.code].severity === 'fault' ? failure : null;
    const isOfBoard = fault !== null && ERRORS[fault.code].retryable;
    if (fault !== null && !isOfBoard) this.#raise(fault);
    const boardFailure = isOfBoard ? fault : this.#boardFailure;
    if (boardFailure !== null) this.#loseBoard(boardFailure);
  }

  #raise(failure: DoseFailure): void {
    this.#world.log.error({ pumpId: this.pumpId, ...failure }, 'pump has a fault');
    this.#fault = failure;
    this.#world.onChange();
  }

  #judge({ position, stalled }: SensorState, driver: PumpDriver): void {
    if (stalled === true) this.#raise({ code: 'E102', message: 'The motor board reports a stalled shaft at rest' });
    if (position === null) return;
    const moved = this.#restedAt === null ? 0 : Math.abs(position - this.#restedAt) / driver.capabilities.countsPerRev;
    this.#restedAt = position;
    if (moved <= REST_TOLERANCE_REV) return;
    this.#loseBoard({
      code: 'E101',
      message: 'The shaft is not where it was left: it was turned, or its board restarted; it is made safe again',
    });
    this.bringUp().catch(this.#world.onBroken);
  }

  get #boardLock(): string {
    return `board/${this.pumpId}`;
  }
}
