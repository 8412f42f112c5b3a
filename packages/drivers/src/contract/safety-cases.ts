import { describe, expect, it } from 'vitest';
import { ContractBench } from './contract-bench.ts';
import type { MakePumpRig } from './pump-rig.ts';

/** A board of unknown state is brought to rest, or is refused with the reason. */
export function safetyCases(makeRig: MakePumpRig): void {
  describe('makeSafe', () => {
    it('stops a motor that turns by itself, and clears the run that was saved for power-up', () =>
      ContractBench.with(makeRig, { makeSafe: false }, async ({ rig }) => {
        await rig.fault('saved-run', 20);
        await rig.fault('power-cycle', 1);
        await rig.advance(2000);
        expect(rig.turning()).toBe(true);

        await rig.run(rig.driver.makeSafe());
        expect(rig.turning()).toBe(false);

        await rig.fault('power-cycle', 1);
        await rig.advance(2000);
        const rest = rig.truth();
        await rig.advance(2000);
        expect(rig.truth()).toBe(rest);
      }));

    it('tells the position that a reading at rest tells', () =>
      ContractBench.with(makeRig, {}, async ({ rig }) => {
        const { position } = await rig.run(rig.driver.makeSafe());
        expect(position).toBe(await rig.run(rig.driver.readPosition()));
      }));

    it.each(['v1.0', 'mixed'] as const)('refuses firmware %s (E105), and nothing has moved', (dialect) =>
      ContractBench.with(makeRig, { dialect, makeSafe: false }, async ({ rig }) => {
        await expect(rig.run(rig.driver.makeSafe())).rejects.toMatchObject({ code: 'E105' });
        expect(rig.truth()).toBe(0);
      }),
    );

    it('refuses a board that does not answer (E101), and takes it once it does', () =>
      ContractBench.with(makeRig, { makeSafe: false }, async ({ rig }) => {
        await rig.fault('unplugged', 1);
        await expect(rig.run(rig.driver.makeSafe())).rejects.toMatchObject({ code: 'E101' });
        await rig.fault('unplugged', 0);
        await rig.advance(6000);
        await rig.run(rig.driver.makeSafe());
      }));

    it('is asked for before a motion: without it nothing moves', () =>
      ContractBench.with(makeRig, { makeSafe: false }, async (bench) => {
        const { rig } = bench;
        const end = await rig.run(rig.driver.move(bench.motion(1, 2000), async () => {}));
        expect(end.kind).toBe('fault');
        expect(rig.truth()).toBe(0);
      }));
  });

  describe('readSensors', () => {
    it('tells what is known at rest, and leaves a motion alone', () =>
      ContractBench.with(makeRig, {}, async (bench) => {
        const { rig } = bench;
        const rest = await rig.run(rig.driver.readSensors());
        expect(rest).toMatchObject({ enabled: true, stalled: false });
        expect(rest.position).toBe(await rig.run(rig.driver.readPosition()));
        const motion = bench.motion(1, 4000);
        const lived = await bench.move(motion, async () => {
          for (let look = 0; look < 6; look++) {
            await rig.advance(300);
            await rig.run(rig.driver.readSensors());
          }
        });
        bench.expectExact(lived, motion);
      }));

    it('tells what is not known as null', () =>
      ContractBench.with(makeRig, {}, async ({ rig }) => {
        await rig.fault('unplugged', 1);
        const blind = await rig.run(rig.driver.readSensors());
        expect(blind).toMatchObject({ position: null, enabled: null, stalled: null });
        expect(blind.line.lost).toBeGreaterThan(0);
      }));
  });
}
