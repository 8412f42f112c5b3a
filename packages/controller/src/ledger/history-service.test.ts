// The history of a pump is the ledger by days of the site: every dose on one day, bounded as it is known.

import { describe, expect, it } from 'vitest';
import type { SqlValue } from '../store/store.ts';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';

const about = (ml: number): number => expect.closeTo(ml, 2);

describe('the history of a pump', () => {
  it('has a row for each day, also without doses, and a dose on the day it started', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(30_000);
    expect(unit.order('a', { volume_ml: 5_000 }).kind).toBe('refused');
    // Ten seconds before midnight in Warsaw.
    unit.clock.stepWall(Date.parse('2026-03-01T22:59:50Z') - unit.clock.wallMs());
    unit.orderAccepted('a', { volume_ml: 3, duration_s: 20 });
    unit.orderAccepted('a', { volume_ml: 1 });
    await unit.clock.advance(60_000);
    const { days, ...head } = unit.services.history.ofPump('a', 4);
    expect(head).toEqual({ pump_id: 'a', timezone: 'Europe/Warsaw' });
    const blank = { lo_ml: 0, hi_ml: 0, planned_ml: null, doses: 0, not_given: 0 };
    expect(days).toEqual([
      { ...blank, day: '2026-02-27' },
      { ...blank, day: '2026-02-28' },
      { ...blank, day: '2026-03-01', doses: 2, not_given: 1, lo_ml: about(8), hi_ml: about(8) },
      { ...blank, day: '2026-03-02', doses: 1, lo_ml: about(1), hi_ml: about(1) },
    ]);
  });

  it('counts a running dose with all it may give, and one that waits not yet', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    unit.orderAccepted('a', { volume_ml: 7 });
    await unit.clock.advance(5_000);
    const today = { day: '2026-03-01', lo_ml: 0, hi_ml: about(5), planned_ml: null, doses: 1, not_given: 0 };
    expect(unit.services.history.ofPump('a', 1).days).toEqual([today]);
    expect(unit.services.history.ofPump('b', 1).days).toMatchObject([{ hi_ml: 0, doses: 0 }]);
  });

  it('of a pump that is not there is E404', async () => {
    const unit = await new UnitFixture().boot();
    unit.services.pumps.remove('b', OPERATOR);
    for (const pumpId of ['b', 'nope']) {
      expect(() => unit.services.history.ofPump(pumpId, 1)).toThrow('There is no pump');
    }
  });

  it('is read from one index, however long the ledger is', async () => {
    const unit = await new UnitFixture().boot();
    const asked: { sql: string; params: readonly SqlValue[] }[] = [];
    const { all } = unit.store;
    unit.store.all = (sql, ...params) => {
      asked.push({ sql, params });
      return all.call(unit.store, sql, ...params) as never;
    };
    unit.services.history.ofPump('a', 400);
    expect(asked).toHaveLength(1);
    const [{ sql, params } = { sql: '', params: [] }] = asked;
    const plan = unit.store.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params).map(({ detail }) => detail);
    expect(plan.find((detail) => detail.includes('doses'))).toMatch(/SEARCH doses USING COVERING INDEX doses_by_day/);
  });
});
