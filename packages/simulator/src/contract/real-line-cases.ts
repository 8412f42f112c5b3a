import { type Motion, positionDelta, pulsesPerRev } from '@perista/core';
import type { MakePumpRig, PumpRig } from '@perista/drivers/contract';
import { describe, expect, it } from 'vitest';

const SOUND_BOARD = { dialect: 'v1.1.2', abortsOnCommand: true, invert: false } as const;
/** Two pulses at microstep 64 and the encoder's rounding. */
const EXACT_TURNS = 2 / 12_800 + 2 / 65_536;

/**
 * What a real line could break of the contract of pump drivers, in real time and therefore short; the whole contract runs
 * in virtual time.
 */
export function realLineCases(name: string, makeRig: MakePumpRig): void {
  const withRig = async (story: (rig: PumpRig) => Promise<void>) => {
    const rig = await makeRig(SOUND_BOARD);
    try {
      await rig.run(rig.driver.makeSafe());
      await story(rig);
    } finally {
      await rig.close();
    }
  };

  describe.concurrent(`${name}, in real time`, () => {
    it('turns exactly as ordered, forward and back', () =>
      withRig(async (rig) => {
        for (const direction of ['forward', 'reverse'] as const) {
          const told = await turn(rig, { turns: 0.333, durationMs: 1000, direction });
          expect(told.end.kind).toBe('at-target');
          expect(Math.abs(told.turns - (direction === 'forward' ? 0.333 : -0.333))).toBeLessThanOrEqual(EXACT_TURNS);
        }
        expect(Math.abs(rig.truth())).toBeLessThanOrEqual(EXACT_TURNS);
      }));

    it('takes about as long as ordered', () =>
      withRig(async (rig) => {
        const { end, elapsedMs } = await turn(rig, { turns: 4, durationMs: 6000, direction: 'forward' });
        expect(end.kind).toBe('at-target');
        expect(Math.abs(rig.truth() - 4)).toBeLessThanOrEqual(EXACT_TURNS);
        expect(Math.abs(elapsedMs - 6000)).toBeLessThan(300);
      }));

    it('stops at once and tells where', () =>
      withRig(async (rig) => {
        const moving = turn(rig, { turns: 4, durationMs: 8000, direction: 'forward' });
        await rig.advance(1500);
        await rig.run(rig.driver.stop());
        const rest = rig.truth();
        expect(rig.turning()).toBe(false);
        const { end, turns } = await moving;
        expect(end.kind).toBe('stopped');
        expect(Math.abs(turns - rest)).toBeLessThanOrEqual(EXACT_TURNS);
        expect(rig.truth()).toBe(rest);
      }));

    it('goes on after a line that was lost for a moment', () =>
      withRig(async (rig) => {
        const moving = turn(rig, { turns: 2, durationMs: 4000, direction: 'forward' });
        await rig.advance(1200);
        await rig.fault('unplugged', 1);
        await rig.advance(900);
        await rig.fault('unplugged', 0);
        expect((await moving).end.kind).toBe('at-target');
        expect(Math.abs(rig.truth() - 2)).toBeLessThanOrEqual(EXACT_TURNS);
      }));

    it('tells a line that stays lost (E101)', () =>
      withRig(async (rig) => {
        await rig.fault('unplugged', 1);
        await expect(rig.run(rig.driver.readPosition())).rejects.toMatchObject({ code: 'E101' });
      }));
  });
}

async function turn(rig: PumpRig, order: { turns: number; durationMs: number; direction: Motion['direction'] }) {
  const { turns, ...rest } = order;
  const { positionBits, countsPerRev } = rig.driver.capabilities;
  const before = await rig.run(rig.driver.readPosition());
  let elapsedMs = 0;
  const motion = { ...rest, pulses: Math.round(turns * pulsesPerRev(rig.geometry)), minCode: 1, maxCode: 127 };
  const end = await rig.run(
    rig.driver.move(motion, async (tick) => {
      elapsedMs = tick.elapsedMs;
    }),
  );
  const told = end.position === null ? Number.NaN : positionDelta(before, end.position, positionBits) / countsPerRev;
  return { end, elapsedMs, turns: told };
}
