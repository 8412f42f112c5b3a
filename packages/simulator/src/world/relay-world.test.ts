// Proves that the relays of a world are a guard's: off when the agent dies or stands still (I14), off when the next guard has
// the lines, off by the hook where both are gone; and that what was on lies in the range of its dose (I4, I16).
import { afterEach, expect, it } from 'vitest';
import { INVARIANTS } from '../checker/invariants/index.ts';
import { AS_BUILT } from './composition.ts';
import type { PlannedChannel } from './relay-unit-plan.ts';
import { UnitWorld } from './unit-world.ts';

const RATE = 0.5;
const ON_MS = 500;
const channel: PlannedChannel = {
  channel: 1,
  pumpId: 'relay-1',
  isEnabled: false,
  days: 127,
  dosesADay: 1,
  weeklyMl: 7,
  rate: RATE,
};

let world: UnitWorld;
afterEach(() => world.end());

/** A world whose relay has been on for half a second of two. */
async function dosing(): Promise<void> {
  world = new UnitWorld({ seed: 3, composition: AS_BUILT, invariants: INVARIANTS, channels: [channel] });
  await world.start();
  await world.clock.advance(1_000);
  const ask = world.controller?.ask((door) => door.configure([{ id: 1, dosing_rate: RATE }]));
  await world.clock.advance(1_000);
  expect((await ask)?.kind).toBe('done');
  const ordered = world.controller?.ask((door) => door.order('relay-1', { volume_ml: 1 }, 'one'));
  await world.clock.advance(ON_MS);
  expect([(await ordered)?.kind, world.relays?.mask]).toEqual(['done', 1]);
}

/** How long the relay is on from now until it goes off, ms. */
async function onForMs(): Promise<number> {
  const beforeMs = world.relays?.onMs(1) ?? 0;
  await world.clock.advance(10_000);
  expect([world.relays?.mask, world.checker.violation]).toEqual([0, null]);
  return (world.relays?.onMs(1) ?? 0) - beforeMs;
}

const row = () => world.chronicle.find('key.relay-1.admin.one')?.row;

it('goes off at once when the agent is killed, and the dose is a range of 0.4 s at most', async () => {
  await dosing();
  void world.killAgent(500);
  expect(await onForMs()).toBeLessThan(5);
  const { state, lo_ml = 0, hi_ml = 0 } = row() ?? {};
  expect([state, hi_ml - lo_ml <= 0.4 * RATE + 1e-9]).toEqual(['uncertain', true]);
  expect(lo_ml).toBeLessThanOrEqual((RATE * ON_MS) / 1000);
  expect(hi_ml).toBeGreaterThanOrEqual((RATE * (ON_MS - 10)) / 1000);
});

it('goes off within 300 ms when the agent stands still, and the dose goes on when it does', async () => {
  await dosing();
  const { relays, agent, clock } = world;
  agent?.life.freeze();
  await clock.advance(300);
  expect(relays?.mask).toBe(0);
  await clock.advance(1_000);
  agent?.life.thaw();
  await clock.advance(5_000);
  expect([row()?.state, world.checker.violation]).toEqual(['done', null]);
});

it('stays on when its guard is killed, until the next one has the lines', async () => {
  await dosing();
  world.guard?.life.end();
  await world.clock.advance(100);
  expect(world.relays?.mask).toBe(1);
  expect(await onForMs()).toBeLessThan(200);
  expect(row()?.state).toBe('uncertain');
});

it('goes off by the hook of the service when agent and guard are both killed', async () => {
  await dosing();
  world.guard?.life.end();
  void world.killAgent(5_000);
  const onMs = await onForMs();
  expect(onMs).toBeGreaterThan(200);
  expect(onMs).toBeLessThan(300);
});
