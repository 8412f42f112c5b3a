import { type Clock, type Direction, PeristaError } from '@perista/core';
import { WakeableSleep } from '../wakeable-sleep.ts';
import { COUNTS_PER_REV } from './firmware.ts';
import { isLineError, type Servo42cBoard } from './servo42c-board.ts';
import { PassedByStop } from './servo42c-line.ts';

/** Times in a row that a reading may fail, with the board brought to rest in between, before the line is given up. */
const RECOVERY_LIMIT = 5;
/** No board turns its shaft faster: 1191 rpm at speed code 127 and microstep 16. */
const TOP_COUNTS_PER_MS = (1200 * COUNTS_PER_REV) / 60_000;
/** Looks at a place where no shaft can be, before it is believed. */
const DOUBT_LIMIT = 3;

/** The shaft of a board for the length of one motion: how far it has turned, and whether it shall stop. */
export class SupervisedShaft {
  readonly board: Servo42cBoard;
  /** As the board is told. */
  readonly direction: Direction;
  readonly #clock: Clock;
  readonly #sleep: WakeableSleep;
  #position = 0;
  #seenMs = 0;
  #turned = 0;
  #isStopping = false;
  #isLost = false;
  #isForgotten = false;
  #rest: number | null = null;
  #silences = 0;
  #isUnbroken = false;
  #halts = 0;

  constructor(board: Servo42cBoard, direction: Direction, clock: Clock) {
    this.board = board;
    this.direction = direction;
    this.#clock = clock;
    this.#sleep = new WakeableSleep(clock);
  }

  get position(): number {
    return this.#position;
  }

  /** Counts turned in the ordered direction since the motion began. */
  get turnedCounts(): number {
    return this.#turned;
  }

  /** Whether the board could not be seen at rest any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Whether its board cannot have restarted from when the shaft was seen last until it was seen at rest. */
  get isUnbroken(): boolean {
    return this.#isUnbroken;
  }

  /** How often it was brought to rest because it could not be seen. */
  get halts(): number {
    return this.#halts;
  }

  /** What the board says of its position from now on has nothing to do with what it said before. @throws PeristaError E101 */
  throwRestarted(): never {
    this.#isForgotten = true;
    throw new PeristaError('E101', `${this.board.name} lost its supply in mid-motion and restarted`);
  }

  beginAt(position: number): void {
    this.#position = position;
    this.#seenMs = this.#clock.monotonicMs();
    this.#silences = this.board.silences;
    this.#turned = 0;
  }

  /** Takes effect at once: whatever waits here throws {@link PassedByStop}. The caller stops the board. */
  requestStop(): void {
    this.#isStopping = true;
    this.#sleep.wake();
  }

  wake(): void {
    this.#sleep.wake();
  }

  throwIfStopping(): void {
    if (this.#isStopping) throw new PassedByStop();
  }

  /** Until `untilMs` of the monotonic clock, unless woken before. @throws PassedByStop */
  async sleepUntil(untilMs: number): Promise<void> {
    this.throwIfStopping();
    if (untilMs > this.#clock.monotonicMs()) await this.#sleep.until(untilMs);
    this.throwIfStopping();
  }

  /** Reads where the shaft is, in motion. @throws PassedByStop, PeristaError E101 */
  async look(): Promise<void> {
    const { position } = await this.#believably(async () => ({ position: await this.board.readPosition() }));
    this.#take(position);
    this.throwIfStopping();
  }

  /** Reads where the shaft is and whether it rests. @throws PassedByStop, PeristaError E101 */
  async lookForRest(): Promise<boolean> {
    const { position, atRest } = await this.#believably(() => this.board.readTwice());
    this.#take(position);
    this.throwIfStopping();
    return atRest;
  }

  /**
   * `read`, again after the line failed. In between the board is brought to rest: what it does while it cannot be seen
   * is not left to chance. @throws PassedByStop, PeristaError E101 if that fails too
   */
  async reliably<Value>(read: () => Promise<Value>): Promise<Value> {
    for (let recoveries = 0; ; recoveries++) {
      try {
        return await read();
      } catch (error) {
        if (!isLineError(error) || recoveries === RECOVERY_LIMIT) throw error;
        await this.halt();
        this.throwIfStopping();
      }
    }
  }

  /** @throws PeristaError E101; then the shaft counts as lost */
  async halt(): Promise<void> {
    this.#halts++;
    try {
      this.#take(await this.board.halt());
    } catch (error) {
      this.#isLost = true;
      throw error;
    }
  }

  /**
   * Where the shaft rests once it was stopped for good, or null if that cannot be told. Seen once, it is not read again:
   * some boards count anew when their motor is disabled.
   */
  async haltedPosition(): Promise<number | null> {
    if (this.#isLost) return null;
    try {
      if (this.#rest === null) {
        this.#rest = await this.board.halt();
        this.#isUnbroken = this.board.silences === this.#silences;
      }
      return this.#isForgotten ? null : this.#rest;
    } catch (error) {
      if (error instanceof PeristaError) return null;
      throw error;
    }
  }

  /** Counts from one position to another in the ordered direction. */
  turnedBetween(from: number, to: number): number {
    const delta = this.board.delta(from, to);
    return this.direction === 'reverse' ? -delta : delta;
  }

  /** The position `counts` further on in the ordered direction. */
  ahead(position: number, counts: number): number {
    return this.board.moved(position, this.direction === 'reverse' ? -counts : counts);
  }

  /**
   * Noise can pass a checksum of 8 bits. A place where no shaft can be by now is believed when it is read again, as that of
   * a board that restarted.
   */
  async #believably<Reading extends { position: number }>(read: () => Promise<Reading>): Promise<Reading> {
    let known = { position: this.#position, seenMs: this.#seenMs };
    for (let doubts = 0; ; doubts++) {
      const reading = await this.reliably(read);
      const seenMs = this.#clock.monotonicMs();
      const reach = TOP_COUNTS_PER_MS * (seenMs - known.seenMs) + COUNTS_PER_REV;
      const step = Math.abs(this.board.delta(known.position, reading.position));
      if (step <= reach || doubts === DOUBT_LIMIT) return reading;
      known = { position: reading.position, seenMs };
    }
  }

  #take(position: number): void {
    this.#turned += this.turnedBetween(this.#position, position);
    this.#position = position;
    this.#seenMs = this.#clock.monotonicMs();
    this.#silences = this.board.silences;
  }
}
