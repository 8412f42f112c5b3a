import { FakeUnitImage } from '../agent-link/fake-unit-image.ts';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { EXAMPLE_PLAN, relayPump } from '../weekly-plan/relay-unit-fixture.ts';

export const HOUR_MS = 3_600_000;

export const PLAN = { id: 1, ...EXAMPLE_PLAN };

/** As on emulated hardware: calibrated by its maker, not planned. */
const FACTORY_RUNS = [{ rpm: 60, revolutions: 30, measuredMl: 9.7 }];

/** Six relays and an agent with an image, at noon UTC on 1 March 2026, UTC day 20,513. */
export async function bootWithImage(): Promise<{ unit: UnitFixture; image: FakeUnitImage }> {
  const unit = new UnitFixture({ firstPumps: [1, 2, 3, 4, 5, 6].map((channel) => relayPump(channel, FACTORY_RUNS)) });
  const image = new FakeUnitImage();
  unit.agent.image = image;
  await unit.boot();
  return { unit, image };
}

export async function bootWithPlan() {
  const both = await bootWithImage();
  both.unit.services.dosingUnit.configure([PLAN], OPERATOR);
  await both.unit.clock.advance(1_000);
  return both;
}
