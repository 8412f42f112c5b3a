import type { Motion } from '@perista/core';
import { positionDelta, pulsesPerRev } from '@perista/core';
import { expect } from 'vitest';
import type { MotionEnd, MotionTick, Position } from '../pump-driver.ts';
import type { MakePumpRig, PumpRig, RigOptions } from './pump-rig.ts';

const SOUND_BOARD: RigOptions = { dialect: 'v1.1.2', abortsOnCommand: true, invert: false };

/** What a motion did, as its driver told it and in truth. */
export interface Lived {
  readonly end: MotionEnd;
  readonly ticks: readonly MotionTick[];
  readonly durationMs: number;
  /** Turns in the ordered sense: by the shaft, and by the positions before and after (NaN without one). */
  readonly trueTurns: number;
  readonly toldTurns: number;
}

/** One rig and what the cases of the contract do with it. */
export class ContractBench {
  readonly rig: PumpRig;
  readonly #invert: boolean;

  private constructor(rig: PumpRig, invert: boolean) {
    this.rig = rig;
    this.#invert = invert;
  }

  /** Runs `story` on a fresh rig whose board was made safe, unless `makeSafe` is false. */
  static async with(
    makeRig: MakePumpRig,
    options: Partial<RigOptions> & { readonly makeSafe?: false },
    story: (bench: ContractBench) => Promise<void>,
  ): Promise<void> {
    const { makeSafe, ...board } = options;
    const rig = await makeRig({ ...SOUND_BOARD, ...board });
    try {
      if (makeSafe !== false) await rig.run(rig.driver.makeSafe());
      await story(new ContractBench(rig, board.invert ?? false));
    } finally {
      await rig.close();
    }
  }

  get pulsesPerRev(): number {
    return pulsesPerRev(this.rig.geometry);
  }

  /** Two pulses and the encoder's rounding: what "exact" means on a shaft that can be cut off within a pulse. */
  get exactTurns(): number {
    return 2 / this.pulsesPerRev + 2 / this.rig.driver.capabilities.countsPerRev;
  }

  motion(turns: number, durationMs: number, over: Partial<Motion> = {}): Motion {
    const pulses = Math.round(turns * this.pulsesPerRev);
    return { pulses, direction: 'forward', durationMs, minCode: 1, maxCode: 127, ...over };
  }

  turnsOf(motion: Motion): number {
    return motion.pulses / this.pulsesPerRev;
  }

  /** Moves, and checks what holds for any motion whatever went wrong. `meanwhile` lives beside it. */
  async move(motion: Motion, meanwhile: () => Promise<void> = async () => {}): Promise<Lived> {
    const { rig } = this;
    const e0 = await rig.run(rig.driver.readPosition());
    const truth0 = rig.truth();
    const startMs = rig.nowMs();
    const ticks: MotionTick[] = [];
    const truths: number[] = [];
    const moving = rig.driver.move(motion, async (tick) => {
      ticks.push(tick);
      truths.push(rig.truth());
    });
    await meanwhile();
    const end = await rig.run(moving);
    const endedTruth = rig.truth();
    if (end.position !== null) {
      await rig.advance(3000);
      expect(rig.truth(), 'the shaft rests once the motion has ended').toBe(endedTruth);
    }
    expect(ticks[0]?.position ?? e0, 'the first tick comes before the motion').toBe(e0);
    const sense = motion.direction === 'forward' ? 1 : -1;
    return {
      end,
      ticks,
      durationMs: (ticks.at(-1)?.elapsedMs ?? 0) || rig.nowMs() - startMs,
      trueTurns: (endedTruth - truth0) * sense,
      toldTurns: end.position === null ? Number.NaN : this.turnsBetween(e0, end.position) * sense,
    };
  }

  expectExact(lived: Lived, motion: Motion): void {
    expect(lived.end).toMatchObject({ kind: 'at-target' });
    expect(Math.abs(lived.trueTurns - this.turnsOf(motion)), 'turns off').toBeLessThanOrEqual(this.exactTurns);
    this.expectTruthful(lived);
  }

  /** The position told agrees with what the shaft did. */
  expectTruthful(lived: Lived): void {
    expect(Math.abs(lived.toldTurns - lived.trueTurns), 'told and true turns differ').toBeLessThanOrEqual(
      this.exactTurns,
    );
  }

  /** Each tick announced how far the shaft could get until the next one. */
  expectBounded(lived: Lived): void {
    const { countsPerRev } = this.rig.driver.capabilities;
    for (const [index, tick] of lived.ticks.entries()) {
      const next = lived.ticks[index + 1];
      if (next === undefined) continue;
      const turned = Math.abs(this.turnsBetween(tick.position, next.position)) * countsPerRev;
      expect(turned).toBeLessThanOrEqual(tick.nextChunkCounts + 4);
    }
  }

  /** Turns from one position to another, forward positive as the user sees it. */
  turnsBetween(from: Position, to: Position): number {
    const { positionBits, countsPerRev } = this.rig.driver.capabilities;
    const turns = positionDelta(from, to, positionBits) / countsPerRev;
    return this.#invert ? -turns : turns;
  }
}
