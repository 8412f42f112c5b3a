import { join } from 'node:path';
import { NodeSqliteStore, type SqlValue } from '@perista/controller';
import type { TestUnit } from './unit.ts';

const DAY_MS = 86_400_000;

/**
 * Gives a pump a past, as if its unit had run for weeks: its newest dose stands in the ledger once more on each of the
 * days before, with other volumes.
 */
export function addPastDoses(unit: TestUnit, pumpId: string, mlOfDaysAgo: readonly number[]): void {
  const store = new NodeSqliteStore(join(unit.dataDir, 'perista.sqlite'));
  const newest = 'SELECT * FROM doses WHERE pump_id = ? ORDER BY seq DESC LIMIT 1';
  const dose = store.get<Record<string, SqlValue>>(newest, pumpId);
  const least = store.get<{ seq: number }>('SELECT min(seq) AS seq FROM doses')?.seq ?? 0;
  if (dose === undefined) throw new Error(`${pumpId} gave nothing yet`);
  store.transaction(() => {
    for (const [index, ml] of mlOfDaysAgo.entries()) {
      const ago = (instant: string) => ({ [instant]: Number(dose[instant]) - (index + 1) * DAY_MS });
      const past = {
        ...dose,
        ...Object.fromEntries(['requested_ml', 'lo_ml', 'hi_ml', 'delivered_ml'].map((volume) => [volume, ml])),
        ...ago('accepted_at_ms'),
        ...ago('started_at_ms'),
        ...ago('ended_at_ms'),
        ...ago('charged_at_ms'),
        seq: least - 1 - index,
        dose_id: `${dose.dose_id}.${index}`,
      };
      const places = Object.keys(past).fill('?').join(', ');
      store.run(`INSERT INTO doses (${Object.keys(past).join(', ')}) VALUES (${places})`, ...Object.values(past));
    }
  });
  store.close();
}
