// Proves that the highest wall time ever seen is kept over restarts and never falls (P20, I20).

import { silentLog } from '@perista/core';
import { expect, it } from 'vitest';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { Facts } from './facts.ts';
import { TimeKeeper } from './time-keeper.ts';

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

it('is not raised by a year in which nobody can live', async () => {
  const unit = await new UnitFixture().boot();
  const mark = () => new Facts(unit.store).read('high_water_ms') ?? 0;
  const first = mark();
  for (const yearsMs of [150 * 365 * 86_400_000, -60 * 365 * 86_400_000]) {
    unit.clock.stepWall(yearsMs);
    await unit.clock.advance(60_000);
    unit.clock.stepWall(-yearsMs);
  }
  expect(mark()).toBe(first);
});

it('makes room for what a person accepts, until the machine starts again', async () => {
  const unit = await new UnitFixture().boot();
  const facts = () => new Facts(unit.store);
  const trusts = () =>
    new TimeKeeper({
      clock: unit.clock,
      facts: facts(),
      log: silentLog,
      timeSource: { bootId: unit.bootId, isSynchronised: () => unit.isSynchronised },
    }).untrusted === null;
  expect(trusts()).toBe(true);
  unit.isSynchronised = false;
  expect(trusts()).toBe(false);
  unit.services.time.accept(OPERATOR);
  expect(trusts()).toBe(true);
  unit.bootId = 'second';
  expect(trusts()).toBe(false);

  unit.isSynchronised = true;
  await unit.clock.advance(60_000);
  const highest = facts().read('high_water_ms');
  unit.clock.stepWall(-3_600_000);
  expect(trusts()).toBe(false);
  unit.services.time.accept(OPERATOR);
  expect(trusts()).toBe(true);
  await unit.clock.advance(60_000);
  unit.clock.stepWall(-30_000);
  expect(trusts()).toBe(false);
  expect(facts().read('high_water_ms')).toBe(highest);
});
