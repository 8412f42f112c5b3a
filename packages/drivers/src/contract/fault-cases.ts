import { describe, expect, it } from 'vitest';
import { ContractBench, type Lived } from './contract-bench.ts';
import type { MakePumpRig } from './pump-rig.ts';

/** A stall must be told within this time of its beginning. */
const STALL_LIMIT_MS = 4000;

/** A shaft may be held so long, tried in steps finer than two readings are apart, so that it also comes free between them. */
const MOMENT_MS = 1200;
const MOMENT_STEP_MS = 4;

/** A line is lost so long after its shaft began to run away, in steps that meet the time until it is stopped. */
const LOSS_MS = { last: 1200, step: 10 } as const;

/** A held shaft comes free so long after a stop, tried in steps that meet each question to its board. */
const FREED_MS = 120;

/** A supply is lost so long after the order, in steps that meet each part of the first chunks. */
const BLACKOUT_MS = { first: 300, last: 2600, step: 23 } as const;

/** A stop comes so long after the order, in steps that meet each moment before and after the first pulse. */
const STOPPED_MS = { last: 400, step: 10 } as const;

/** A supply is lost so long after a stop, which comes so long after the order, ms. */
const BLACKOUT_AFTER_STOP = { lengths: [700, 1300, 2300], last: 160, step: 5 } as const;

/** A board or a line that fails: nothing is turned twice, nothing is told that is not true, and the pump can be used again. */
export function faultCases(makeRig: MakePumpRig): void {
  const faultOf = ({ end }: Lived) => (end.kind === 'fault' ? end.code : end.kind);

  describe('a line that garbles', () => {
    it.each([
      ['all completion frames are lost', 'completion-loss', 1],
      ['nine completion frames of ten are lost', 'completion-loss', 0.9],
      ['stray bytes precede replies', 'stray-bytes', 0.3],
      ['bytes arrive changed or not at all', 'corruption', 0.01],
    ] as const)('costs no pulse when %s', (_, fault, part) =>
      ContractBench.with(makeRig, {}, async (bench) => {
        await bench.rig.fault(fault, part);
        const motion = bench.motion(2.778, 12_000);
        const lived = await bench.move(motion);
        bench.expectExact(lived, motion);
        bench.expectBounded(lived);
      }),
    );
  });

  describe('a motor that fails', () => {
    it('is told as stalled (E102) within 4 s, and never makes up for the stall later', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const { rig } = bench;
        let stalledAtMs = 0;
        const lived = await bench.move(bench.motion(4, 8000), async () => {
          await rig.advance(2200);
          stalledAtMs = rig.nowMs();
          await rig.fault('stall', 1);
          const truth = rig.truth();
          await rig.advance(STALL_LIMIT_MS);
          expect(rig.truth()).toBe(truth);
          await rig.fault('stall', 0);
        });
        expect(faultOf(lived)).toBe('E102');
        bench.expectTruthful(lived);
        expect(stalledAtMs).toBeGreaterThan(0);
        await rig.run(rig.driver.makeSafe());
        const next = bench.motion(0.5, 2000);
        bench.expectExact(await bench.move(next), next);
      }));

    it('that is held for a moment makes up for it, and the motion is exact, whenever the shaft comes free', async () => {
      for (let heldMs = 0; heldMs < MOMENT_MS; heldMs += MOMENT_STEP_MS) {
        await ContractBench.with(makeRig, {}, async (bench) => {
          const { rig } = bench;
          const motion = bench.motion(6, 6000);
          const lived = await bench.move(motion, async () => {
            await rig.advance(2200);
            await rig.fault('stall', 1);
            await rig.advance(heldMs);
            await rig.fault('stall', 0);
          });
          bench.expectExact(lived, motion);
        });
      }
    });

    it('that is held while its board is slow never turns further than was announced, whenever the shaft comes free', async () => {
      for (let heldMs = 0; heldMs < MOMENT_MS; heldMs += MOMENT_STEP_MS) {
        await ContractBench.with(makeRig, {}, async (bench) => {
          const { rig } = bench;
          await rig.fault('clock-error', -0.09);
          const lived = await bench.move(bench.motion(6, 6000), async () => {
            await rig.advance(400);
            await rig.fault('stall', 1);
            await rig.advance(heldMs);
            await rig.fault('stall', 0);
          });
          bench.expectBounded(lived);
          bench.expectTruthful(lived);
        });
      }
    });

    it('that is held and stopped tells where it came to rest, whenever the shaft comes free', async () => {
      for (let heldMs = 0; heldMs < FREED_MS; heldMs += MOMENT_STEP_MS) {
        await ContractBench.with(makeRig, {}, async (bench) => {
          const { rig } = bench;
          const lived = await bench.move(bench.motion(6, 6000), async () => {
            await rig.advance(2200);
            await rig.fault('stall', 1);
            await rig.advance(300);
            const stopped = rig.driver.stop().catch(() => null);
            await rig.advance(heldMs);
            await rig.fault('stall', 0);
            await rig.run(stopped);
          });
          expect(lived.end.kind).toBe('stopped');
          bench.expectTruthful(lived);
        });
      }
    });

    it('that turns the wrong way is stopped and told (E104)', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        await bench.rig.fault('wrong-direction', 1);
        const lived = await bench.move(bench.motion(3, 6000));
        expect(faultOf(lived)).toBe('E104');
        expect(Math.abs(lived.trueTurns)).toBeLessThan(1);
        bench.expectTruthful(lived);
      }));

    it.each([
      ['the board bears commands in motion', false],
      ['the board must be left alone in motion', true],
    ])('that runs away is stopped and told (E103), when %s', (_, abortsOnCommand) =>
      ContractBench.with(makeRig, { abortsOnCommand }, async (bench) => {
        const { rig } = bench;
        const lived = await bench.move(bench.motion(3, 6000), async () => {
          await rig.advance(1500);
          await rig.fault('runaway', 4);
        });
        expect(faultOf(lived)).toBe('E103');
        expect(rig.turning()).toBe(false);
        bench.expectTruthful(lived);
        await rig.fault('runaway', 0);
        await rig.run(rig.driver.makeSafe());
        const next = bench.motion(0.5, 2000);
        bench.expectExact(await bench.move(next), next);
      }),
    );

    it('that runs away on a board that just got its supply, and is stopped at once, is told by where it rests', async () => {
      for (let afterMs = 0; afterMs < STOPPED_MS.last; afterMs += STOPPED_MS.step) {
        await ContractBench.with(makeRig, { makeSafe: false }, async (bench) => {
          const { rig } = bench;
          await rig.fault('power-cycle', 1);
          await rig.advance(1000);
          await rig.run(rig.driver.makeSafe());
          const lived = await bench.move(bench.motion(3, 6000), async () => {
            await rig.advance(afterMs);
            await rig.fault('runaway', 5);
            await rig.run(rig.driver.stop().catch(() => null));
            await rig.fault('runaway', 0);
          });
          if (Math.abs(lived.trueTurns) > 1) expect(lived.end.position).not.toBeNull();
          if (lived.end.position !== null) bench.expectTruthful(lived);
        });
      }
    });

    it('that runs away and is lost before it rests is told by where it was seen last', async () => {
      let seenBeyondItsChunk = 0;
      for (let lostMs = 0; lostMs < LOSS_MS.last; lostMs += LOSS_MS.step) {
        await ContractBench.with(makeRig, {}, async (bench) => {
          const { rig } = bench;
          const { end, ticks, trueTurns } = await bench.move(bench.motion(3, 6000), async () => {
            await rig.advance(1500);
            await rig.fault('runaway', 4);
            await rig.advance(lostMs);
            await rig.fault('unplugged', 1);
          });
          const last = ticks.at(-1);
          if (end.kind !== 'fault' || end.position !== null || end.seen === null || last === undefined) return;
          const seenTurns = bench.turnsBetween(ticks[0]?.position ?? 0, end.seen);
          expect(seenTurns).toBeLessThanOrEqual(trueTurns + bench.exactTurns);
          const sinceTick = bench.turnsBetween(last.position, end.seen) * rig.driver.capabilities.countsPerRev;
          if (sinceTick > last.nextChunkCounts + 4) seenBeyondItsChunk++;
        });
      }
      expect(seenBeyondItsChunk).toBeGreaterThan(0);
    });

    it('that acknowledges without turning never counts as turned', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        await bench.rig.fault('disabled', 1);
        const motion = bench.motion(1.3, 4000);
        const lived = await bench.move(motion);
        if (lived.end.kind === 'at-target') return bench.expectExact(lived, motion);
        expect(['E102', 'E108']).toContain(faultOf(lived));
        expect(Math.abs(lived.trueTurns)).toBeLessThanOrEqual(bench.exactTurns);
        bench.expectTruthful(lived);
      }));
  });

  describe('a line that is lost', () => {
    it('in motion is told (E101) soon, without a position, and the pump can be used again', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const { rig } = bench;
        let lostAtMs = 0;
        const lived = await bench.move(bench.motion(4, 8000), async () => {
          await rig.advance(2200);
          await rig.fault('unplugged', 1);
          lostAtMs = rig.nowMs();
        });
        expect(lived.end).toMatchObject({ kind: 'fault', code: 'E101', position: null });
        expect(rig.nowMs() - lostAtMs).toBeLessThan(6000);
        await expect(rig.run(rig.driver.stop())).rejects.toMatchObject({ code: 'E101' });
        await rig.fault('unplugged', 0);
        await rig.advance(6000);
        await rig.run(rig.driver.makeSafe());
        const next = bench.motion(0.5, 2000);
        bench.expectExact(await bench.move(next), next);
      }));

    it('for a moment only does not change what is turned', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const { rig } = bench;
        const motion = bench.motion(4, 8000);
        const lived = await bench.move(motion, async () => {
          await rig.advance(2200);
          await rig.fault('unplugged', 1);
          await rig.advance(1200);
          await rig.fault('unplugged', 0);
        });
        bench.expectExact(lived, motion);
      }));
  });

  describe('a board that loses its supply in mid-motion', () => {
    it.each([
      ['v1.1.2', 'since long'],
      ['v1.1.2', 'just'],
      ['v1.1.0', 'since long'],
      ['v1.1.0', 'just'],
    ] as const)(
      'of firmware %s, powered %s: never turns more than ordered, and it is told as such',
      async (dialect, since) => {
        const { first, last, step } = BLACKOUT_MS;
        for (let afterMs: number = first; afterMs <= last; afterMs += step) {
          await ContractBench.with(makeRig, { dialect, makeSafe: false }, async (bench) => {
            const { rig } = bench;
            if (since === 'just') await rig.fault('power-cycle', 1);
            await rig.advance(1000);
            await rig.run(rig.driver.makeSafe());
            const motion = bench.motion(4.3, 2600);
            const lived = await bench.move(motion, async () => {
              await rig.advance(afterMs);
              await rig.fault('power-cycle', 1);
            });
            expect(lived.trueTurns).toBeLessThanOrEqual(bench.turnsOf(motion) + bench.exactTurns);
            bench.expectBounded(lived);
            if (lived.end.kind === 'at-target') return bench.expectExact(lived, motion);
            expect(lived.end).toMatchObject({ kind: 'fault', code: 'E101', position: null });
            expect(lived.end).toHaveProperty('message', expect.stringContaining('restarted'));
          });
        }
      },
    );

    it.each(['v1.1.2', 'v1.1.0'] as const)(
      'of firmware %s, just after it was stopped: where it rests is told right or not at all',
      async (dialect) => {
        for (const beforeMs of BLACKOUT_AFTER_STOP.lengths) {
          for (let afterMs = 0; afterMs <= BLACKOUT_AFTER_STOP.last; afterMs += BLACKOUT_AFTER_STOP.step) {
            await ContractBench.with(makeRig, { dialect }, async (bench) => {
              const { rig } = bench;
              const lived = await bench.move(bench.motion(6, 6000), async () => {
                await rig.advance(beforeMs);
                const stopped = rig.driver.stop().catch(() => null);
                await rig.advance(afterMs);
                await rig.fault('power-cycle', 1);
                await rig.run(stopped);
              });
              if (lived.end.position !== null) bench.expectTruthful(lived);
            });
          }
        }
      },
    );

    it('and is stopped then: its new position is not told', () =>
      ContractBench.with(makeRig, { dialect: 'v1.1.0' }, async (bench) => {
        const { rig } = bench;
        const lived = await bench.move(bench.motion(4, 8000), async () => {
          await rig.advance(1700);
          await rig.fault('power-cycle', 1);
          await rig.advance(400);
          await rig.run(rig.driver.stop());
        });
        expect(['stopped', 'E101']).toContain(faultOf(lived));
        expect(lived.end.position).toBeNull();
      }));

    it('can be used again once it was made safe', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const { rig } = bench;
        const lived = await bench.move(bench.motion(4, 8000), async () => {
          await rig.advance(1700);
          await rig.fault('power-cycle', 1);
        });
        expect(faultOf(lived)).toBe('E101');
        await rig.run(rig.driver.makeSafe());
        const next = bench.motion(0.5, 2000);
        bench.expectExact(await bench.move(next), next);
      }));
  });
}
