// Proves that a list tells of each pump what the pump alone tells, and asks the database little more than for one.
import { describe, expect, it } from 'vitest';
import { listeningStore } from '../store/listening-store.ts';
import type { Store } from '../store/store.ts';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** The last ended dose, and what ages out of the caps. */
const PER_PUMP = 2;

describe('a list of pumps', () => {
  it('tells of each what it tells alone, whatever keeps it or others', async () => {
    const firstPumps = [
      firstPump('a', { mutex_group: 'shelf' }),
      firstPump('b', { mutex_group: 'shelf' }),
      ...['c', 'd', 'e', 'f', 'g'].map((id) => firstPump(id)),
      { ...firstPump('h'), calibrationRuns: [] },
    ];
    const unit = await new UnitFixture({ firstPumps }).boot();
    const { pumps, containers, separations, schedules } = unit.services;
    unit.orderAccepted('d', { volume_ml: 10, duration_s: 20 });
    await unit.clock.advance(2_000);
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.restart();
    await unit.clock.advance(5_000);
    unit.agent.nextFault = { ml: 2, code: 'E102' };
    unit.orderAccepted('c', { volume_ml: 10, duration_s: 20 });
    await unit.clock.advance(30_000);
    containers.create({ id: 'tank', capacity_ml: 900, level_ml: 46, pumps: ['e', 'f'] }, OPERATOR);
    separations.replace({ items: [{ pumps: ['a', 'g'], minutes: 5 }] }, OPERATOR);
    schedules.create({ pump_id: 'e', cron: '25 14 * * *', volume_ml: 60 }, OPERATOR);
    const running = unit.orderAccepted('a', { volume_ml: 5, duration_s: 40 });
    unit.orderAccepted('a', { volume_ml: 5 });
    unit.orderAccepted('b', { volume_ml: 5 });
    await unit.clock.advance(2_000);

    const list = pumps.list();
    expect(list).toEqual(IDS.map((id) => pumps.get(id)));
    const obstacle = (code: string) => [{ code }];
    expect(list).toMatchObject([
      { id: 'a', state: 'running', current_dose: { dose_id: running }, queued: 1 },
      { id: 'b', state: 'queued', current_dose: null, queued: 1 },
      { id: 'c', state: 'fault', fault: { code: 'E102' }, blocked_by: obstacle('E433') },
      { id: 'd', state: 'blocked', last_dose: { state: 'uncertain' }, blocked_by: obstacle('E432') },
      { id: 'e', container: { id: 'tank' }, next_dose: { held_up_by: { code: 'E429' } }, blocked_by: [] },
      { id: 'f', container: { id: 'tank' }, next_dose: null, blocked_by: [] },
      { id: 'g', container: { id: 'g' }, blocked_by: obstacle('E443') },
      { id: 'h', calibration: null, blocked_by: obstacle('E428') },
    ]);
    expect(list.map(({ remaining_ml }) => Math.round(remaining_ml.hour)).slice(0, 2)).toEqual([190, 195]);
  });

  it('asks the database two questions more for each further pump, planned and kept apart or not', async () => {
    const countFor = async (ids: readonly string[]) => {
      const statements: string[] = [];
      const firstPumps = ids.map((id) => firstPump(id));
      const wrapStore = (store: Store) => listeningStore(store, statements);
      const unit = await new UnitFixture({ firstPumps, wrapStore }).boot();
      const { pumps, separations, schedules } = unit.services;
      separations.replace({ items: [{ pumps: ['a', 'b'], minutes: 5 }] }, OPERATOR);
      for (const id of ids) schedules.create({ pump_id: id, cron: '25 14 * * *', volume_ml: 2 }, OPERATOR);
      unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
      await unit.clock.advance(1_000);
      pumps.list();
      statements.length = 0;
      expect(pumps.list()).toHaveLength(ids.length);
      return statements.length;
    };
    const two = await countFor(IDS.slice(0, 2));
    expect(two).toBeLessThanOrEqual(18);
    expect(await countFor(IDS)).toBe(two + 6 * PER_PUMP);
  });
});
