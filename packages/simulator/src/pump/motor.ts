import { z } from 'zod';

/** Encoder counts of one revolution of the shaft (manual 5.1.1). */
export const COUNTS_PER_REV = 65_536;

/** Step pulses at a steady rate, as the board makes them for one command. */
const PulseTrain = z.strictObject({
  startMs: z.number(),
  /** null: runs until it is cut. */
  endMs: z.number().nullable(),
  /** Signed: negative turns in reverse. */
  pulsesPerMs: z.number(),
  countsPerPulse: z.number(),
  /** Signed count of the whole train; null: free run. */
  pulses: z.number().nullable(),
  donePulses: z.number(),
  /** Whether a command that arrives meanwhile cuts it. */
  fragile: z.boolean(),
});
export type PulseTrain = z.infer<typeof PulseTrain>;

export const MotorState = z.strictObject({
  /** The instant this state describes, ms. */
  atMs: z.number(),
  /** Angle of the shaft since it was built, in encoder counts; power does not change it. */
  shaftCounts: z.number(),
  /** Commanded minus real angle, counts. */
  lagCounts: z.number(),
  /** Pulses made since power-on. */
  pulses: z.number(),
  enabled: z.boolean(),
  /** Stall protection has let the motor go. */
  tripped: z.boolean(),
  train: PulseTrain.nullable(),
  /** Held from outside; or will be after so many counts more. */
  stalled: z.boolean(),
  stallAfterCounts: z.number().nullable(),
  /** Spins by itself at this rate, counts/ms. */
  runawayCountsPerMs: z.number().nullable(),
});
export type MotorState = z.infer<typeof MotorState>;

const MOTOR_AT_REST: MotorState = {
  atMs: 0,
  shaftCounts: 0,
  lagCounts: 0,
  pulses: 0,
  enabled: false,
  tripped: false,
  train: null,
  stalled: false,
  stallAfterCounts: null,
  runawayCountsPerMs: null,
};

export interface MotorTraits {
  /** Fastest the shaft can follow or catch up, rpm. */
  readonly slewRpm: number;
  /** Angle error at which stall protection lets the motor go, degrees. */
  readonly tripDeg: number;
}

/** What can be wrong with a motor. */
export interface MotorConditions {
  /** Wired the wrong way round. */
  reversed: boolean;
  /** Its coils get no current, whatever the board believes. */
  limp: boolean;
  /** Spins at so many times the commanded speed, also after the pulses have ended; null: sound. */
  runawayFactor: number | null;
}

/** Told of each stretch that the shaft turned, at a steady speed. */
export type OnTurn = (fromCounts: number, toCounts: number, fromMs: number, toMs: number) => void;

/** How the shaft answers the pulses: a rate, or `follow` for exactly what they say; and whether it will make up for what it misses. */
interface Regime {
  readonly turns: number | 'follow';
  readonly remembersLag: boolean;
}

const RELEASED: Regime = { turns: 0, remembersLag: false };
const HELD: Regime = { turns: 0, remembersLag: true };
const FOLLOWS: Regime = { turns: 'follow', remembersLag: false };

/**
 * A closed-loop stepper and its shaft. Nothing ticks: between two instants the motion is pieced together from stretches of
 * steady speed, so that it is exact however seldom one looks, and costs nothing at rest.
 */
export class Motor {
  state: MotorState = { ...MOTOR_AT_REST };
  /** Stall protection (0x88). */
  protect = false;
  readonly #conditions: Readonly<MotorConditions>;
  readonly #slew: number;
  readonly #tripCounts: number;
  readonly #onTurn: OnTurn;

  constructor(traits: MotorTraits, conditions: Readonly<MotorConditions>, onTurn: OnTurn) {
    this.#conditions = conditions;
    this.#slew = countsPerMs(traits.slewRpm);
    this.#tripCounts = (traits.tripDeg / 360) * COUNTS_PER_REV;
    this.#onTurn = onTurn;
  }

  /** Lives on to `nowMs`. Everything else here acts at the instant last advanced to. */
  advance(nowMs: number): void {
    while (this.state.atMs < nowMs && !this.resting()) this.#liveUntil(nowMs);
    this.state.atMs = Math.max(this.state.atMs, nowMs);
  }

  /** Nothing will move by itself. A train that has not begun yet is not rest. */
  resting(): boolean {
    const { train, lagCounts, runawayCountsPerMs, stalled } = this.state;
    return train === null && runawayCountsPerMs === null && (lagCounts === 0 || stalled);
  }

  /** Whether the shaft turns at this instant. */
  turning(): boolean {
    const targetRate = this.#targetRate();
    const { turns } = this.#regime(targetRate);
    return (turns === 'follow' ? targetRate : turns) !== 0;
  }

  begin(train: PulseTrain): void {
    this.state.train = train;
    this.heedConditions();
  }

  /** To be called when a condition has changed. */
  heedConditions(): void {
    const { runawayFactor } = this.#conditions;
    const { train, enabled } = this.state;
    if (runawayFactor === null) this.endRunaway();
    if (runawayFactor === null || train === null || !enabled) return;
    const rate = runawayFactor * train.pulsesPerMs * train.countsPerPulse;
    this.state.runawayCountsPerMs = Math.max(-this.#slew, Math.min(this.#slew, rate));
  }

  /** Ends the pulses; an angle error stays and is still made up for. */
  cut(): void {
    this.state.train = null;
  }

  /** Either way the angle error is dropped. */
  enable(enabled: boolean): void {
    this.state.enabled = enabled;
    this.state.lagCounts = 0;
    this.endRunaway();
  }

  endRunaway(): void {
    this.state.runawayCountsPerMs = null;
  }

  stallAfter(counts: number): void {
    this.state.stallAfterCounts = counts;
    if (counts <= 0) this.#stall();
  }

  unstall(): void {
    this.state.stalled = false;
    this.state.stallAfterCounts = null;
  }

  /** Clears a tripped protection (0x3D); the motor stays let go until it is enabled again. */
  releaseProtection(): void {
    if (this.state.tripped) this.enable(false);
    this.state.tripped = false;
  }

  losePower(): void {
    this.cut();
    this.enable(false);
    this.state.pulses = 0;
    this.state.tripped = false;
  }

  #stall(): void {
    this.state.stalled = true;
    this.state.stallAfterCounts = null;
  }

  #targetRate(): number {
    const { train, atMs } = this.state;
    return train === null || atMs < train.startMs ? 0 : train.pulsesPerMs * train.countsPerPulse;
  }

  #regime(targetRate: number): Regime {
    const { enabled, tripped, stalled, runawayCountsPerMs, lagCounts } = this.state;
    if (!enabled || tripped || this.#conditions.limp) return RELEASED;
    if (stalled) return HELD;
    if (runawayCountsPerMs !== null) return { turns: runawayCountsPerMs, remembersLag: false };
    if (lagCounts === 0 && Math.abs(targetRate) <= this.#slew) return FOLLOWS;
    return { turns: Math.sign(lagCounts || targetRate) * this.#slew, remembersLag: true };
  }

  /** One stretch of steady speed, at most up to `nowMs`. */
  #liveUntil(nowMs: number): void {
    const state = this.state;
    const { train, atMs } = state;
    const targetRate = this.#targetRate();
    const { turns, remembersLag } = this.#regime(targetRate);
    const speed = Math.abs(turns === 'follow' ? targetRate : turns);
    const lagRate = remembersLag && turns !== 'follow' ? targetRate - turns : 0;

    const started = train !== null && atMs >= train.startMs;
    const trainEdgeMs = (started ? train.endMs : train?.startMs) ?? Number.POSITIVE_INFINITY;
    const caughtUpMs = state.lagCounts * lagRate < 0 ? atMs - state.lagCounts / lagRate : Number.POSITIVE_INFINITY;
    const stallMs =
      state.stallAfterCounts !== null && speed > 0 ? atMs + state.stallAfterCounts / speed : Number.POSITIVE_INFINITY;
    const tripMs = this.#tripMs(lagRate);
    const untilMs = Math.min(nowMs, trainEdgeMs, caughtUpMs, stallMs, tripMs);

    const ms = untilMs - atMs;
    const pulses = started ? this.#pulsesUntil(train, untilMs, ms) : 0;
    const wantedCounts = pulses * (train?.countsPerPulse ?? 0);
    const turnedCounts = turns === 'follow' ? wantedCounts : turns * ms;
    state.atMs = untilMs;
    state.pulses += pulses;
    if (train !== null) train.donePulses += pulses;
    if (remembersLag) state.lagCounts += wantedCounts - turnedCounts;
    if (state.stallAfterCounts !== null) state.stallAfterCounts -= Math.abs(turnedCounts);
    this.#turn(turnedCounts, atMs, untilMs);

    if (untilMs === caughtUpMs) state.lagCounts = 0;
    if (untilMs === stallMs) this.#stall();
    if (untilMs === tripMs) this.#trip();
    if (started && untilMs === trainEdgeMs) state.train = null;
  }

  #pulsesUntil(train: PulseTrain, untilMs: number, ms: number): number {
    if (train.pulses !== null && untilMs === train.endMs) return train.pulses - train.donePulses;
    return train.pulsesPerMs * ms;
  }

  #tripMs(lagRate: number): number {
    const { lagCounts, atMs } = this.state;
    if (!this.protect || lagRate === 0 || lagCounts * lagRate < 0) return Number.POSITIVE_INFINITY;
    return atMs + Math.max(0, this.#tripCounts - Math.abs(lagCounts)) / Math.abs(lagRate);
  }

  #trip(): void {
    this.cut();
    this.enable(false);
    this.state.tripped = true;
  }

  #turn(counts: number, fromMs: number, toMs: number): void {
    if (counts === 0) return;
    const from = this.state.shaftCounts;
    this.state.shaftCounts = from + (this.#conditions.reversed ? -counts : counts);
    this.#onTurn(from, this.state.shaftCounts, fromMs, toMs);
  }
}

function countsPerMs(rpm: number): number {
  return (rpm * COUNTS_PER_REV) / 60_000;
}
