// Proves that a scrape costs the controller little, and that liters and doses go on counting after a crash.
import { describe, expect, it } from 'vitest';
import { listeningStore } from '../store/listening-store.ts';
import { UnitFixture } from '../unit-fixture.ts';
import { UnitMetrics } from './unit-metrics.ts';

/** What the views of a pump and of its container ask for, in a unit of two. */
const PER_PUMP = 10;
const PER_CONTAINER = 4;

const metricsOf = ({ unit }: UnitFixture) =>
  new UnitMetrics({
    ...{ services: unit.services, bus: unit.bus, doseTotals: unit.doseTotals },
    ...{
      isAgentPresent: () => true,
      isClockTrusted: unit.isClockTrusted,
      eventLoopLag: { takeLongestS: () => 0 },
      version: '1.2.3',
    },
  });

describe('a scrape', () => {
  it('asks the ledger a few short questions for each pump, however much was dosed, and writes nothing', async () => {
    const statements: string[] = [];
    const unit = await new UnitFixture({ wrapStore: (store) => listeningStore(store, statements) }).boot();
    const scrape = async () => {
      statements.length = 0;
      await metricsOf(unit).scrape();
      expect(statements.filter((sql) => !/^\s*SELECT/.test(sql))).toEqual([]);
      return statements.length;
    };
    const atFirst = await scrape();
    for (let count = 0; count < 9; count++) {
      unit.orderAccepted('a', { volume_ml: 1 });
      await unit.clock.advance(10_000);
    }
    expect(await scrape()).toBeLessThanOrEqual(atFirst + 2);
    expect(atFirst).toBeLessThanOrEqual(2 + 2 * (PER_PUMP + PER_CONTAINER));
  });

  it('tells whether dosing by the calendar can go by the clock', async () => {
    const unit = await new UnitFixture().boot();
    const told = async () => (await metricsOf(unit).scrape()).includes('\nperista_clock_trusted 1\n');
    expect(await told()).toBe(true);
    unit.isSynchronised = false;
    expect(await told()).toBe(false);
  });

  it('tells after a crash what was told before it', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 10, duration_s: 30 });
    await unit.clock.advance(40_000);
    expect(unit.order('a', { volume_ml: 5_000 }).kind).toBe('refused');
    const counted = async () =>
      (await metricsOf(unit).scrape()).split('\n').filter((line) => /^perista_dose.* (?!0$)/.test(line));
    const before = await counted();
    expect(before).toEqual([
      expect.stringMatching(/^perista_dosed_liters_total\{pump="a",source="manual",direction="forward"\} 0\.0(1|0999)/),
      'perista_doses_total{pump="a",source="manual",state="done"} 1',
      'perista_doses_total{pump="a",source="manual",state="refused"} 1',
    ]);
    unit.crash();
    await unit.boot();
    expect(await counted()).toEqual(before);
  });
});
