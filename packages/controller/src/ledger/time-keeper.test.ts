// Proves that the highest wall time ever seen is kept over restarts and never falls (P20, I20).
import { expect, it } from 'vitest';
import { UnitFixture } from '../unit-fixture.ts';
import { Facts } from './facts.ts';

it('is written each minute, and neither a clock that is set back nor a restart lowers it', async () => {
  const unit = await new UnitFixture().boot();
  const mark = () => new Facts(unit.store).read('high_water_ms') ?? 0;
  const first = mark();
  await unit.clock.advance(60_000);
  expect(mark()).toBe(first + 60_000);

  unit.clock.stepWall(-3_600_000);
  await unit.clock.advance(120_000);
  unit.crash();
  await unit.boot();
  expect(mark()).toBe(first + 60_000);

  unit.clock.stepWall(2 * 3_600_000);
  await unit.clock.advance(60_000);
  expect(mark()).toBeGreaterThan(first + 3_600_000);
});
