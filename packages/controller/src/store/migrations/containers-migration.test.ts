// Proves that pumps keep the container that they had when containers become things of their own.
import { expect, it } from 'vitest';
import { ContainerEntryStore } from '../../containers/container-entry-store.ts';
import { ContainerStore } from '../../containers/container-store.ts';
import { PumpStore } from '../../pumps/pump-store.ts';
import { migrate } from '../migrate.ts';
import { NodeSqliteStore } from '../node-sqlite-store.ts';
import { MIGRATIONS } from './index.ts';

function storeWithPumps(pumps: readonly { id: string; levelMl: number; removedAtMs?: number }[]): NodeSqliteStore {
  const store = new NodeSqliteStore(':memory:');
  migrate(
    store,
    MIGRATIONS.slice(
      0,
      MIGRATIONS.findIndex(({ name }) => name === 'containers'),
    ),
    1,
  );
  for (const { id, levelMl, removedAtMs = null } of pumps) {
    store.run(
      `INSERT INTO pumps (pump_id, name, enabled, hardware, limits, max_rate_ml_min, min_dose_ml, capacity_ml, level_ml,
         created_at_ms, removed_at_ms) VALUES (?, ?, 1, '{"kind":"relay","channel":1}', '{}', 40, 0.5, 1000, ?, 7, ?)`,
      ...[id, `Pump ${id}`, levelMl, removedAtMs],
    );
  }
  return store;
}

it('carries over capacity and level of each pump, removed ones too', () => {
  const store = storeWithPumps([
    { id: 'a', levelMl: 812.5 },
    { id: 'b', levelMl: 60 },
    { id: 'c', levelMl: 0.2 },
    { id: 'gone', levelMl: 5, removedAtMs: 9 },
  ]);
  migrate(store, MIGRATIONS, 10);
  const containers = new ContainerStore(store);
  expect(
    containers
      .list()
      .map(({ containerId, product, capacityMl, levelMl, condition }) => [
        ...[containerId, product, capacityMl, levelMl, condition],
      ]),
  ).toEqual([
    ['a', 'Pump a', 1_000, 812.5, 'ok'],
    ['b', 'Pump b', 1_000, 60, 'low'],
    ['c', 'Pump c', 1_000, 0.2, 'empty'],
  ]);
  expect(containers.ofPump('gone').levelMl).toBe(5);
  expect(new PumpStore(store).list().map(({ containerId }) => containerId)).toEqual(['a', 'b', 'c']);
  expect(new ContainerEntryStore(store).bookingsSinceKnown('a')).toEqual({
    ...{ knownMl: 812.5, addedMl: 0, drawnLoMl: 0, drawnHiMl: 0 },
  });
});
