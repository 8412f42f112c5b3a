import { type Clock, type Motion, PeristaError, type ShaftAtRest, sleep } from '@perista/core';
import type { MotionEnd, MotionTick, Position, PumpCapabilities, PumpDriver, SensorState } from '@perista/drivers';

const READ_MS = 5;
const SILENCE_MS = 100;
const CHUNK_MS = 500;

interface Run {
  readonly fromMs: number;
  readonly counts: number;
  readonly lengthMs: number;
}

/** A pump as matter: its shaft turns on whoever died, and it outlives the drivers that hold it. */
export class FakePump {
  readonly capabilities: PumpCapabilities;
  readonly pulsesPerRev: number;
  readonly #clock: Clock;
  readonly #zero: number;
  #turned = 0;
  #run: Run | null = null;
  /** Chunks that were begun. */
  chunks = 0;
  /** Motions that were begun, by any driver. */
  motions = 0;
  /** Stops that reached the board. */
  stops = 0;
  isUnplugged = false;
  /** The shaft cannot turn. */
  isStalled = false;
  /** Stop reaches the board and does nothing. */
  ignoresStop = false;

  constructor(clock: Clock, options: { position?: number; bits?: 16 | 48; pulsesPerRev?: number } = {}) {
    this.#clock = clock;
    this.#zero = options.position ?? 1_000_000;
    this.pulsesPerRev = options.pulsesPerRev ?? 3200;
    this.capabilities = { positionBits: options.bits ?? 48, countsPerRev: 65536, pollsWhileMoving: false };
  }

  /** Turns of the shaft since it was made, forward positive; the truth. */
  get revolutions(): number {
    return this.#counts() / this.capabilities.countsPerRev;
  }

  get isMoving(): boolean {
    return this.#run !== null && this.#clock.monotonicMs() < this.#run.fromMs + this.#run.lengthMs;
  }

  get position(): Position {
    const span = 2 ** this.capabilities.positionBits;
    return (((this.#zero + Math.round(this.#counts())) % span) + span) % span;
  }

  turn(counts: number, lengthMs: number): void {
    this.halt();
    this.chunks++;
    this.#run = { fromMs: this.#clock.monotonicMs(), counts: this.isStalled ? 0 : counts, lengthMs };
  }

  halt(): void {
    this.#turned = this.#counts();
    this.#run = null;
  }

  #counts(): number {
    if (this.#run === null) return this.#turned;
    const part = Math.min(1, (this.#clock.monotonicMs() - this.#run.fromMs) / this.#run.lengthMs);
    return this.#turned + this.#run.counts * part;
  }
}

/** A driver with behaviour on a {@link FakePump}. Once killed it does and answers nothing, as a dead process. */
export class FakePumpDriver implements PumpDriver {
  readonly pumpId: string;
  readonly capabilities: PumpCapabilities;
  readonly #pump: FakePump;
  readonly #clock: Clock;
  #isDead = false;
  #stopsAsked = 0;
  /** What the driver was called with, in order. */
  readonly calls: string[] = [];

  constructor(pumpId: string, pump: FakePump, clock: Clock) {
    this.pumpId = pumpId;
    this.#pump = pump;
    this.#clock = clock;
    this.capabilities = pump.capabilities;
  }

  kill(): void {
    this.#isDead = true;
  }

  async makeSafe(): Promise<ShaftAtRest> {
    this.calls.push('makeSafe');
    return { position: await this.stop() };
  }

  async readPosition(): Promise<Position> {
    this.calls.push('readPosition');
    await this.#answer();
    return this.#pump.position;
  }

  async stop(): Promise<Position> {
    this.calls.push('stop');
    this.#stopsAsked++;
    await this.#alive();
    if (!this.#pump.isUnplugged) {
      this.#pump.stops++;
      if (!this.#pump.ignoresStop) this.#pump.halt();
    }
    await this.#answer();
    if (this.#pump.isMoving) throw new PeristaError('E101', 'Standstill was not seen');
    return this.#pump.position;
  }

  /** What cannot be read is null. */
  async readSensors(): Promise<SensorState> {
    await this.#alive();
    const line = { answered: 1, lost: 0, discardedBytes: 0 };
    if (this.#pump.isUnplugged) return { position: null, enabled: null, stalled: null, line };
    await this.#answer();
    return { position: this.#pump.position, enabled: true, stalled: this.#pump.isStalled, line };
  }

  async move(motion: Motion, onTick: (tick: MotionTick) => Promise<void>): Promise<MotionEnd> {
    this.calls.push('move');
    const stopsBefore = this.#stopsAsked;
    const beganMs = this.#clock.monotonicMs();
    const { countsPerRev } = this.capabilities;
    let leftCounts = (motion.pulses / this.#pump.pulsesPerRev) * countsPerRev;
    const countsPerMs = leftCounts / motion.durationMs;
    let isFirst = true;
    for (;;) {
      const nextChunkCounts = Math.min(leftCounts, countsPerMs * CHUNK_MS);
      const elapsedMs = this.#clock.monotonicMs() - beganMs;
      await onTick({ position: this.#pump.position, elapsedMs, nextChunkCounts });
      await this.#alive();
      if (this.#stopsAsked > stopsBefore) return { kind: 'stopped', position: this.#pump.position };
      if (nextChunkCounts < 1) return { kind: 'at-target', position: this.#pump.position };
      if (isFirst) this.#pump.motions++;
      isFirst = false;
      const before = this.#pump.revolutions;
      const lengthMs = nextChunkCounts / countsPerMs;
      this.#pump.turn(motion.direction === 'forward' ? nextChunkCounts : -nextChunkCounts, lengthMs);
      await this.#whileTurning(lengthMs, stopsBefore);
      if (this.#pump.isUnplugged) return fault('E101', 'The board does not answer', null);
      if (this.#stopsAsked > stopsBefore) return { kind: 'stopped', position: this.#pump.position };
      if (this.#pump.revolutions === before) return fault('E102', 'The shaft did not turn', this.#pump.position);
      leftCounts -= nextChunkCounts;
    }
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }

  async #whileTurning(lengthMs: number, stopsBefore: number): Promise<void> {
    const endMs = this.#clock.monotonicMs() + lengthMs;
    while (this.#clock.monotonicMs() < endMs && this.#stopsAsked === stopsBefore) {
      await sleep(this.#clock, Math.min(10, endMs - this.#clock.monotonicMs()));
    }
    await this.#alive();
  }

  async #answer(): Promise<void> {
    await this.#alive();
    await sleep(this.#clock, this.#pump.isUnplugged ? SILENCE_MS : READ_MS);
    await this.#alive();
    if (this.#pump.isUnplugged) throw new PeristaError('E101', `The board of ${this.pumpId} does not answer`);
  }

  /** Never resolves in a dead process. */
  async #alive(): Promise<void> {
    if (this.#isDead) await new Promise<never>(() => {});
  }
}

const fault = (code: 'E101' | 'E102', message: string, position: Position | null): MotionEnd => ({
  kind: 'fault',
  code,
  message,
  position,
  seen: position,
});
