// Proves that a dose costs as much in a ledger that holds years as in a new one: no statement of it walks through the past.
import { expect, it } from 'vitest';
import { listeningStore } from '../store/listening-store.ts';
import type { Store } from '../store/store.ts';
import { firstPump, UnitFixture } from '../unit-fixture.ts';

/** All doses, or all of one pump, unless only those that are not over. */
const WALKS = /^SCAN (doses|d|events)\b(?!.* doses_(waiting|open)$)|\bdoses_(by_day|of_pump) \(pump_id=\?\)$/;

it('no statement of a dose walks through those that are over', async () => {
  const statements: string[] = [];
  let database: Store | null = null;
  const wrapStore = (store: Store) => {
    database = store;
    return listeningStore(store, statements);
  };
  const firstPumps = ['a', 'b'].map((id) => firstPump(id, { mutex_group: 'shelf' }));
  const unit = await new UnitFixture({ firstPumps, wrapStore }).boot();
  statements.length = 0;
  unit.orderAccepted('a', { volume_ml: 2, duration_s: 5 });
  await unit.clock.advance(10_000);
  unit.services.pumps.list();

  const plansOf = (sql: string) => {
    const params = Array.from(sql.matchAll(/\?/g), () => 1);
    const plan = database?.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params) ?? [];
    return plan.map(({ detail }) => `${detail}: ${sql}`);
  };
  const read = [...new Set(statements)].filter((sql) => /^\s*(SELECT|UPDATE|DELETE)/.test(sql));
  const plans = read.flatMap(plansOf);
  expect(plans.filter((plan) => plan.includes('doses')).length).toBeGreaterThan(8);
  expect(plans.filter((plan) => WALKS.test(plan.slice(0, plan.indexOf(':'))))).toEqual([]);
});
