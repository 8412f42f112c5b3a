// Proves that a shaft which was held when its agent died does not make up for it after its dose was settled.
import { expect, it } from 'vitest';
import { INVARIANTS } from '../checker/invariants/index.ts';
import { AS_BUILT } from './composition.ts';
import { UnitWorld } from './unit-world.ts';

const PUMP = 'ph-down';

it('rests when it comes free after a restart of the agent', async () => {
  const world = new UnitWorld({ seed: 3, composition: AS_BUILT, invariants: INVARIANTS });
  try {
    await world.start();
    await world.clock.advance(1_000);
    const ordered = world.controller?.ask((door) => door.order(PUMP, { volume_ml: 2 }, 'one'));
    await world.clock.advance(700);
    expect((await ordered)?.kind).toBe('done');
    world.chronicle.setHardship(PUMP, 'stall', true);
    world.board(PUMP).stall(0);
    await world.clock.advance(200);
    await world.clock.until(world.killAgent(500));
    await world.clock.advance(5_000);
    expect([...world.chronicle.doses.values()].map(({ row }) => row?.state)).toEqual(['partial']);
    const turns = world.board(PUMP).turns();
    world.board(PUMP).unstall();
    await world.clock.advance(2_000);
    expect(world.board(PUMP).turns()).toBe(turns);
    expect(world.checker.violation).toBeNull();
  } finally {
    world.end();
  }
});
