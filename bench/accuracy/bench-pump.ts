import {
  type Motion,
  planChunk,
  pulsesPerRev,
  type Random,
  rpmOfCode,
  type StepperProfile,
  seededRandom,
  UNLEARNT_TIMING,
  VirtualClock,
} from '@perista/core';
import { COUNTS_PER_REV, type HeadSettings, normal, PumpHead, PumpMeter } from '@perista/simulator';

/** The pump of the bench: a first start's stepper whose rate and volume nothing but its motor bounds. */
export const PROFILE: Omit<StepperProfile, 'curve'> = {
  geometry: { microstep: 64, stepsPerRev: 200, maxRpm: 300, address: 0xe0 },
  limits: { singleMl: 100, durationS: 360_000, hourMl: 1e6, dayMl: 1e6, weekMl: 1e6 },
  maxRateMlPerMin: 60,
  minDoseMl: 0.02,
};

/** Every unit of the bench has a worn-in hose, an outlet in air and a board whose clock is a little off. */
const HEAD: Partial<HeadSettings> = { tubeHours: 20, outlet: 'in-air' };
const CLOCK_OFF = 0.02;
/** Scale that somebody measures with: shares, and steps of its display in ml. */
const SCALE_SD = 0.002;
const SCALE_STEP_ML = 0.01;
/** Rest between motions, so that each is one of its own, ms. */
const REST_MS = 10_000;
const FORBIDDEN = 0x60;

/** One emulated unit with its hose, turned chunk by chunk as the agent turns a motor, without time passing. */
export class BenchPump {
  readonly #meter: PumpMeter;
  readonly #random: Random;
  readonly #clockFactor: number;
  #atMs = 0;
  #counts = 0;

  constructor(seed: number, head: Partial<HeadSettings> = HEAD) {
    this.#random = seededRandom(seed * 7919 + 1);
    this.#clockFactor = 1 + CLOCK_OFF * (2 * this.#random.unit() - 1);
    this.#meter = new PumpMeter(new PumpHead(seed, head), new VirtualClock({ wallMs: 0 }), this.#random);
    this.#counts = this.#random.unit() * COUNTS_PER_REV;
  }

  /** What a motion really gives, ml. */
  turn(motion: Motion): number {
    const before = this.#meter.state.trueMl;
    const countsPerPulse = COUNTS_PER_REV / pulsesPerRev(PROFILE.geometry);
    const startMs = this.#atMs;
    const timing = { ...UNLEARNT_TIMING, clockFactor: this.#clockFactor };
    for (let pulsesDone = 0; ; ) {
      const step = planChunk(motion, { pulsesDone, elapsedMs: this.#atMs - startMs }, timing, FORBIDDEN);
      if (step.kind === 'done') break;
      const fromMs = this.#atMs + step.afterMs;
      const toCounts = this.#counts + step.pulses * countsPerPulse;
      this.#meter.turn(this.#counts, toCounts, fromMs, fromMs + step.expectedMs);
      this.#counts = toCounts;
      this.#atMs = fromMs + step.expectedMs + timing.overheadMs;
      pulsesDone += step.pulses;
    }
    this.#atMs += REST_MS;
    return this.#meter.state.trueMl - before;
  }

  /** What somebody reads off a scale of what a motion gave, ml. */
  measure(motion: Motion): number {
    const shownMl = this.turn(motion) * normal(this.#random, 1, SCALE_SD);
    return Math.max(SCALE_STEP_ML, Math.round(shownMl / SCALE_STEP_ML) * SCALE_STEP_ML);
  }
}

/** A motion of so many turns that turns about at `rpm`, by whatever speeds the board has. */
export function freeMotion(revolutions: number, rpm: number): Motion {
  const { geometry } = PROFILE;
  const wanted = (code: number) =>
    rpmOfCode(code, geometry) <= geometry.maxRpm && rpmOfCode(code, geometry) <= rpm * 1.3;
  const codes = Array.from({ length: 127 }, (_, index) => index + 1).filter((code) => code !== FORBIDDEN);
  return {
    pulses: Math.round(revolutions * pulsesPerRev(geometry)),
    direction: 'forward',
    durationMs: (revolutions / meanRpm(rpm)) * 60_000,
    minCode: 1,
    maxCode: codes.filter(wanted).at(-1) ?? 1,
  };
}

/** Mean speed of a motion whose chunks turn at `rpm`. */
export const meanRpm = (rpm: number) => (rpm * 700) / (700 + UNLEARNT_TIMING.overheadMs);
