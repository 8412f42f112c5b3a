// Proves the fleet of a server against emulated devices with all bad habits, over a slow broker, killed at any step: no infusion
// begins twice (I3), none is taken for begun that is not, and in the end the server knows what the device does.
import { seededRandom } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { HABITS } from './habits.ts';
import { type Order, ServedWorld } from './served-world.ts';

// One whose memory is wiped may begin again what it has forgotten.
const { forgets: _, ...OTHERS } = HABITS;
const ALL = Object.fromEntries(Object.entries(OTHERS).map(([name, { chance }]) => [name, chance]));

const STEPS = 120;
const ORDERS: readonly Order[] = ['STOP_INFUSION', 'PAUSE_INFUSION', 'RESUME_INFUSION', 'CANCEL', 'GET_STATE'];
/** Bad habits go on, so it may take a while until both sides agree. */
const MOST_MINUTES_TO_AGREE = 60;

function check(world: ServedWorld): void {
  expect(world.bugs).toEqual([]);
  for (const [infusionId, times] of world.begun) expect([infusionId, times]).toEqual([infusionId, 1]);
  for (const { infusionId, confirmedAt, state } of world.infusions()) {
    if (confirmedAt !== null || state === 'completed')
      expect([infusionId, world.begun.has(infusionId)]).toEqual([infusionId, true]);
  }
}

/** Whether the server believes what is, and nothing waits for a proof. */
function agrees(world: ServedWorld): boolean {
  const open = world.infusions().filter(({ endedAt }) => endedAt === null);
  const isSame =
    open.every(({ infusionId }) => infusionId === world.running) && open.length === Number(world.running !== null);
  return isSame && world.open('STOP_INFUSION') === 0 && !world.alarms().includes('stop-not-proven on');
}

describe('a server and a device with bad habits', () => {
  it.each(Array.from({ length: 4 }, (_each, index) => index + 1))('in life %i', { timeout: 120_000 }, async (seed) => {
    const random = seededRandom(1_000 + seed);
    const world = new ServedWorld(seed, ALL);
    const draw = (most: number) => Math.floor(random.unit() * most);
    world.boot();
    for (let step = 0; step < STEPS; step++) {
      const chance = random.unit();
      if (chance < 0.45) world.start();
      else if (chance < 0.6) world.order(ORDERS[draw(ORDERS.length)] ?? 'GET_STATE');
      else if (chance < 0.65) world.kill(chance < 0.62 ? null : draw(60));
      else if (chance < 0.67) world.loseBroker();
      await world.clock.advance(draw(10_000));
      world.boot();
      check(world);
    }
    world.kill(null);
    world.boot();
    let minutes = 0;
    do {
      expect(minutes++).toBeLessThan(MOST_MINUTES_TO_AGREE);
      await world.clock.advance(60_000);
      check(world);
    } while (!agrees(world));
    expect(world.begun.size).toBeGreaterThan(0);
    await world.stop();
  });
});
