// Proves that a shaft which was held when its agent died, or its dose was stopped, does not make up for it afterwards.
import { expect, it } from 'vitest';
import { INVARIANTS } from '../checker/invariants/index.ts';
import { AS_BUILT } from './composition.ts';
import { UnitWorld } from './unit-world.ts';

const PUMP = 'ph-down';

/** A world in which the shaft was held while a dose ran. */
async function heldInMotion(): Promise<UnitWorld> {
  const world = new UnitWorld({ seed: 3, composition: AS_BUILT, invariants: INVARIANTS });
  await world.start();
  await world.clock.advance(1_000);
  const ordered = world.controller?.ask((door) => door.order(PUMP, { volume_ml: 2 }, 'one'));
  await world.clock.advance(700);
  expect((await ordered)?.kind).toBe('done');
  world.chronicle.setHardship(PUMP, 'stall', true);
  world.board(PUMP).stall(0);
  await world.clock.advance(200);
  return world;
}

/** What the shaft turns when it comes free after its dose was settled. */
async function turnsWhenFree(world: UnitWorld): Promise<number> {
  await world.clock.advance(5_000);
  expect([...world.chronicle.doses.values()].map(({ row }) => row?.state)).toEqual(['partial']);
  const turns = world.board(PUMP).turns();
  world.board(PUMP).unstall();
  await world.clock.advance(2_000);
  expect(world.checker.violation).toBeNull();
  return world.board(PUMP).turns() - turns;
}

it('rests when it comes free after a restart of the agent', async () => {
  const world = await heldInMotion();
  await world.clock.until(world.killAgent(500));
  expect(await turnsWhenFree(world)).toBe(0);
  world.end();
});

it('rests when it comes free after its dose was stopped', async () => {
  const world = await heldInMotion();
  const stopped = world.controller?.ask((door) => door.stopPump(PUMP, 'stop'));
  await world.clock.advance(3_000);
  expect((await stopped)?.kind).toBe('done');
  expect(await turnsWhenFree(world)).toBe(0);
  world.end();
});
