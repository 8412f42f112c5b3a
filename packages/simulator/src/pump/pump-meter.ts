import type { Clock, Random } from '@perista/core';
import { z } from 'zod';
import { normal } from './chance.ts';
import { COUNTS_PER_REV } from './motor.ts';
import type { PumpHead } from './pump-head.ts';

/** Turns that follow each other within this time are one motion, ms. */
const ONE_MOTION_PAUSE_MS = 1000;
/** Older motions are forgotten; the totals are not. */
const REMEMBERED_MOTIONS = 2000;

/** Wall times in ms; volume and revolutions are negative in reverse. */
const MeteredMotion = z.strictObject({
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  trueMl: z.number(),
  revolutions: z.number(),
});
export type MeteredMotion = z.infer<typeof MeteredMotion>;

export const MeterState = z.strictObject({
  trueMl: z.number(),
  revolutions: z.number(),
  turnedMs: z.number(),
  lastTurnMs: z.number().nullable(),
  /** This motion's gain, and the drop on the outlet before and after it. */
  gain: z.number(),
  dropBeforeMl: z.number(),
  dropAfterMl: z.number(),
  /** Displaced in this motion, before the drop is taken off. */
  displacedMl: z.number(),
  motions: z.array(MeteredMotion),
});
export type MeterState = z.infer<typeof MeterState>;

/** Knows what really left the outlet: the truth that no part of the product can read. */
export class PumpMeter {
  state: MeterState = {
    trueMl: 0,
    revolutions: 0,
    turnedMs: 0,
    lastTurnMs: null,
    gain: 1,
    dropBeforeMl: 0,
    dropAfterMl: 0,
    displacedMl: 0,
    motions: [],
  };
  readonly #head: PumpHead;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(head: PumpHead, clock: Clock, random: Random) {
    this.#head = head;
    this.#clock = clock;
    this.#random = random;
  }

  /** Takes account of a stretch that the shaft turned at a steady speed; times are monotonic. */
  turn(fromCounts: number, toCounts: number, fromMs: number, toMs: number): void {
    const { state } = this;
    const motion = this.#motionAt(fromMs);
    const tubeHours = this.#head.settings.tubeHours + state.turnedMs / 3_600_000;
    const displacedMl = this.#head.displacedMl(fromCounts, toCounts, toMs - fromMs, tubeHours) * state.gain;
    state.displacedMl += displacedMl;
    const leftMl = this.#leftOutletMl() - motion.trueMl;
    const revolutions = (toCounts - fromCounts) / COUNTS_PER_REV;

    state.trueMl += leftMl;
    state.revolutions += revolutions;
    state.turnedMs += toMs - fromMs;
    state.lastTurnMs = toMs;
    motion.trueMl += leftMl;
    motion.revolutions += revolutions;
    motion.endedAtMs = this.#wallAt(toMs);
  }

  #motionAt(fromMs: number): MeteredMotion {
    const { state } = this;
    const last = state.motions.at(-1);
    if (last !== undefined && state.lastTurnMs !== null && fromMs - state.lastTurnMs < ONE_MOTION_PAUSE_MS) return last;
    const motion = { startedAtMs: this.#wallAt(fromMs), endedAtMs: this.#wallAt(fromMs), trueMl: 0, revolutions: 0 };
    state.motions.push(motion);
    if (state.motions.length > REMEMBERED_MOTIONS) state.motions.shift();
    const { repeatabilitySd, outlet, dropMl } = this.#head.settings;
    state.gain = normal(this.#random, 1, repeatabilitySd);
    state.dropBeforeMl = Math.max(0, state.dropBeforeMl + state.displacedMl - (last?.trueMl ?? 0));
    state.displacedMl = 0;
    state.dropAfterMl = outlet === 'in-air' ? dropMl * this.#random.unit() : 0;
    return motion;
  }

  /** Of what this motion displaced, the part that does not hang on the outlet. In air nothing can be drawn back. */
  #leftOutletMl(): number {
    const { displacedMl, dropBeforeMl, dropAfterMl } = this.state;
    if (this.#head.settings.outlet === 'submerged') return displacedMl;
    return Math.max(0, displacedMl + dropBeforeMl - dropAfterMl);
  }

  #wallAt(monotonicMs: number): number {
    return this.#clock.wallMs() - (this.#clock.monotonicMs() - monotonicMs);
  }
}
