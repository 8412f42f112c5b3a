import {
  assert,
  type Clock,
  isPeristaError,
  type Motion,
  PeristaError,
  RELAY_PULSES_PER_REV,
  type ShaftAtRest,
} from '@perista/core';
import type { MotionEnd, MotionTick, Position, PumpCapabilities, PumpDriver, SensorState } from '../pump-driver.ts';
import { REACH_MS, RelayRun, type RunEnd } from './relay-run.ts';
import type { RelaySwitch } from './relay-switch.ts';

/** On a busy machine a relay goes off so much later than it was told to, ms; the guard counts it as it was. */
const LATEST_CUT_MS = 300;

export interface RelayPumpParts {
  readonly pumpId: string;
  /** From 1. */
  readonly channel: number;
  readonly relays: RelaySwitch;
  readonly clock: Clock;
}

/**
 * A pump that a relay turns on and off. Its position is how long the relay was on, ms, as its bank tells: there is no
 * encoder. It begins at 0 anew, as that of a board that restarted, with the agent and where the bank could not tell.
 */
export class RelayPumpDriver implements PumpDriver {
  readonly pumpId: string;
  readonly capabilities: PumpCapabilities = {
    positionBits: 48,
    countsPerRev: RELAY_PULSES_PER_REV,
    pollsWhileMoving: true,
    overrunCounts: LATEST_CUT_MS,
    abandonedCounts: REACH_MS,
  };
  readonly #parts: RelayPumpParts;
  #onMs = 0;
  /** Whether the bank could tell how long the relay was on since it was made safe. */
  #isKnown = false;
  #isSafe = false;
  #run: RelayRun | null = null;

  constructor(parts: RelayPumpParts) {
    this.pumpId = parts.pumpId;
    this.#parts = parts;
  }

  async makeSafe(): Promise<ShaftAtRest> {
    this.#assertNoMotion();
    this.#isSafe = false;
    await this.#off();
    if (!this.#isKnown) this.#onMs = 0;
    this.#isKnown = true;
    this.#isSafe = true;
    return { position: this.#position };
  }

  async readPosition(): Promise<Position> {
    this.#assertNoMotion();
    await this.#off();
    if (!this.#isKnown) throw new PeristaError('E110', UNCOUNTED);
    return this.#position;
  }

  async move(motion: Motion, onTick: (tick: MotionTick) => Promise<void>): Promise<MotionEnd> {
    this.#assertNoMotion();
    assert(motion.direction === 'forward', 'a relay turns its pump forward only');
    const obstacle = this.#obstacle;
    if (obstacle !== null) return { kind: 'fault', code: 'E110', message: obstacle, position: null, seen: null };
    const { clock, relays, channel } = this.#parts;
    const beforeMs = this.#onMs;
    const run = new RelayRun({
      clock,
      targetMs: (motion.pulses * 1000) / RELAY_PULSES_PER_REV,
      onMs: () => this.#onMs - beforeMs,
      on: (forMs) => this.#learn(relays.on(channel, forMs)),
      off: () => this.#off(),
      onTick: (tick) => onTick({ ...tick, position: this.#position }),
    });
    this.#run = run;
    try {
      return this.#endOf(await run.run());
    } finally {
      this.#run = null;
      this.#isSafe = this.#isKnown;
    }
  }

  async stop(): Promise<Position> {
    this.#run?.requestStop();
    await this.#off();
    return this.#position;
  }

  /** At rest the bank is asked whether it still answers. */
  async readSensors(): Promise<SensorState> {
    const answers = this.#run !== null || (await this.#answers());
    const { answered, lost } = this.#parts.relays.counters;
    return {
      position: answers && this.#isKnown ? this.#position : null,
      enabled: null,
      stalled: null,
      line: { answered, lost, discardedBytes: 0 },
    };
  }

  /** Leaves the relays to whoever made them, for pumps share them. */
  async close(): Promise<void> {
    this.#isSafe = false;
    if (this.#run !== null) await this.stop();
  }

  /** A guard that was lost leaves its relay on until the next one has the lines, also past the end of the motion. */
  #endOf(end: RunEnd): MotionEnd {
    if (end.kind === 'lost') {
      const { code, message } = end.error;
      return { kind: 'fault', code, message, position: null, seen: null, reach: reachOf(end) };
    }
    if (end.kind === 'stopped' && !this.#isKnown) return { kind: 'stopped', position: null, reach: reachOf(end) };
    if (end.kind === 'stopped') return { kind: 'stopped', position: this.#position };
    return { kind: 'at-target', position: this.#position };
  }

  /** Why it must not move, or null: what nobody counts is not given. */
  get #obstacle(): string | null {
    if (!this.#isSafe) return NOT_SAFE;
    return this.#isKnown ? null : UNCOUNTED;
  }

  get #position(): Position {
    return this.#isKnown ? Math.round(this.#onMs) : 0;
  }

  #off(): Promise<void> {
    const { relays, channel } = this.#parts;
    return this.#learn(relays.off(channel));
  }

  async #learn(answer: Promise<number>): Promise<void> {
    try {
      const wasOnMs = await answer;
      this.#onMs += wasOnMs;
    } catch (thrown) {
      this.#isKnown = false;
      throw thrown;
    }
  }

  async #answers(): Promise<boolean> {
    try {
      await this.#off();
      return true;
    } catch (thrown) {
      if (isPeristaError(thrown)) return false;
      throw thrown;
    }
  }

  #assertNoMotion(): void {
    assert(
      this.#run === null,
      `pump ${this.pumpId} is asked for one thing at a time, and nothing in motion but to stop`,
    );
  }
}

const UNCOUNTED = 'It is not known how long the relay was on since its guard was lost; it has to be made safe';
const NOT_SAFE = 'The relays were not all turned off since they were started or failed';

/** A bank that cannot be reached any more lets the relay go off by its deadline. */
const reachOf = ({ mostMs }: { readonly mostMs: number }): number => Math.max(REACH_MS, mostMs);
