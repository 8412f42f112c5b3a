import type { Store } from '@perista/controller';
import type { Books } from './happening.ts';

/** What a controller's database says as a whole. */
export function readBooks(store: Store): Books {
  const count = (sql: string) => store.get<{ n: number }>(sql)?.n ?? 0;
  const stop = store.get<{ value: string }>("SELECT value FROM facts WHERE name = 'emergency_stop'");
  const pumps = store.all<{ pump_id: string; limits: string }>('SELECT pump_id, limits FROM pumps');
  return {
    doseRows: count('SELECT count(*) AS n FROM doses'),
    eventRows: count('SELECT count(*) AS n FROM events'),
    lastEventSeq: count('SELECT coalesce(max(seq), 0) AS n FROM events'),
    isLatched: stop !== undefined && (JSON.parse(stop.value) as { latched: boolean }).latched,
    lockedPumps: store
      .all<{ pump_id: string }>('SELECT pump_id FROM faults UNION SELECT pump_id FROM holds ORDER BY 1')
      .map(({ pump_id }) => pump_id),
    limits: Object.fromEntries(pumps.map(({ pump_id, limits }) => [pump_id, JSON.parse(limits)])),
  };
}
