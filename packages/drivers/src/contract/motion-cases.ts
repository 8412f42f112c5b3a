import { describe, expect, it } from 'vitest';
import { ContractBench } from './contract-bench.ts';
import type { MakePumpRig } from './pump-rig.ts';

/** Turns that 0.05, 0.2 and 0.5 ml take on a head of 0.18 ml a turn. */
const SMALL_DOSES = [0.278, 1.111, 2.778] as const;
/** A board is at rest and has told all that is asked of it, ms after a stop. */
const LONGEST_STOP_MS = 80;

/** A healthy board turns exactly as ordered, whatever its manners. */
export function motionCases(makeRig: MakePumpRig): void {
  describe('a motion', () => {
    it.each(SMALL_DOSES)('of %f turns is exact to the pulse, forward and back', (turns) =>
      ContractBench.with(makeRig, {}, async (bench) => {
        for (const direction of ['forward', 'reverse'] as const) {
          const motion = bench.motion(turns, 4000, { direction });
          const lived = await bench.move(motion);
          bench.expectExact(lived, motion);
          bench.expectBounded(lived);
        }
      }),
    );

    it.each([
      ['slow, in bursts', 0.12, 10_000],
      ['of middle speed', 5, 10_000],
      ['fast', 12, 10_000],
    ])('that is %s takes 10 s within 1 %%', (_, turns, durationMs) =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const motion = bench.motion(turns, durationMs);
        const lived = await bench.move(motion);
        bench.expectExact(lived, motion);
        expect(Math.abs(lived.durationMs - durationMs)).toBeLessThan(0.01 * durationMs);
      }),
    );

    it.each([
      [-0.09, 0],
      [0.09, 0],
      [-0.09, 0.9],
    ])(
      'lasts as ordered although the clock of the board is off by %f and %f of its completion frames are lost',
      (error, lost) =>
        ContractBench.with(makeRig, {}, async (bench) => {
          await bench.rig.fault('clock-error', error);
          await bench.rig.fault('completion-loss', lost);
          const motion = bench.motion(4, 12_000);
          const lived = await bench.move(motion);
          bench.expectExact(lived, motion);
          expect(Math.abs(lived.durationMs - 12_000)).toBeLessThan(120);
        }),
    );

    it('is exact on a head that is mounted the other way round', () =>
      ContractBench.with(makeRig, { invert: true }, async (bench) => {
        const motion = bench.motion(1.111, 4000);
        bench.expectExact(await bench.move(motion), motion);
      }));

    it('is exact on a board that bears commands in motion, and on older firmware', async () => {
      for (const board of [{ abortsOnCommand: false }, { dialect: 'v1.1.0' }] as const) {
        await ContractBench.with(makeRig, board, async (bench) => {
          const motion = bench.motion(2.778, 5000);
          bench.expectExact(await bench.move(motion), motion);
        });
      }
    });

    it('follows another, each from where the one before ended', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        for (const turns of [0.5, 0.01, 1.3]) {
          const motion = bench.motion(turns, 2000);
          bench.expectExact(await bench.move(motion), motion);
        }
      }));

    it('rests and rejects if a tick cannot be kept', () =>
      ContractBench.with(makeRig, {}, async ({ rig, ...bench }) => {
        let ticks = 0;
        const refuse = async () => {
          if (++ticks === 3) throw new Error('journal full');
        };
        const motion = { pulses: 40_000, direction: 'forward', durationMs: 8000, minCode: 1, maxCode: 127 } as const;
        await expect(rig.run(rig.driver.move(motion, refuse))).rejects.toThrow('journal full');
        expect(bench).toBeDefined();
        const rest = rig.truth();
        await rig.advance(3000);
        expect(rig.truth()).toBe(rest);
      }));
  });

  describe('stop', () => {
    it.each([180, 1500, 4321])('after %i ms of motion rests at once, and tells where', (afterMs) =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const { rig } = bench;
        const motion = bench.motion(4, 8000);
        const lived = await bench.move(motion, async () => {
          await rig.advance(afterMs);
          const stoppedAt = rig.nowMs();
          await rig.run(rig.driver.stop());
          expect(rig.turning()).toBe(false);
          expect(rig.nowMs() - stoppedAt).toBeLessThan(100);
        });
        expect(lived.end.kind).toBe('stopped');
        expect(lived.trueTurns).toBeLessThan(bench.turnsOf(motion));
        bench.expectTruthful(lived);
        const next = bench.motion(0.3, 1000);
        bench.expectExact(await bench.move(next), next);
      }),
    );

    it('that is given again while it is carried out costs no knowledge of where the shaft rests', async () => {
      for (let laterMs = 1; laterMs < LONGEST_STOP_MS; laterMs += 2) {
        await ContractBench.with(makeRig, {}, async (bench) => {
          const { rig } = bench;
          const lived = await bench.move(bench.motion(2, 6000), async () => {
            await rig.advance(500);
            const first = rig.driver.stop();
            await rig.advance(laterMs);
            await rig.run(Promise.all([first, rig.driver.stop()]));
          });
          expect(lived.end.kind).toBe('stopped');
          bench.expectTruthful(lived);
        });
      }
    });

    it('in a pause between bursts ends the motion too', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const motion = bench.motion(0.05, 20_000);
        const lived = await bench.move(motion, async () => {
          await bench.rig.advance(3000);
          await bench.rig.run(bench.rig.driver.stop());
        });
        expect(lived.end.kind).toBe('stopped');
        bench.expectTruthful(lived);
      }));

    it('at rest tells the position', () =>
      ContractBench.with(makeRig, {}, async ({ rig }) => {
        expect(await rig.run(rig.driver.stop())).toBe(await rig.run(rig.driver.readPosition()));
      }));
  });
}
