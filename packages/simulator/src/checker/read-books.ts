import type { Store } from '@perista/controller';
import { assert } from '@perista/core';
import type { Books } from './happening.ts';

interface BooksRow extends Pick<Books, 'doseRows' | 'eventRows' | 'lastEventSeq'> {
  readonly stop: string | null;
  readonly lockedPumps: string;
  readonly limits: string;
}

const BOOKS = `SELECT
  (SELECT count(*) FROM doses) AS doseRows,
  (SELECT count(*) FROM events) AS eventRows,
  (SELECT coalesce(max(seq), 0) FROM events) AS lastEventSeq,
  (SELECT value FROM facts WHERE name = 'emergency_stop') AS stop,
  (SELECT json_group_array(pump_id)
   FROM (SELECT pump_id FROM faults UNION SELECT pump_id FROM holds ORDER BY 1)) AS lockedPumps,
  (SELECT json_group_object(pump_id, json(limits)) FROM pumps) AS limits`;

/** What a controller's database says as a whole. */
export function readBooks(store: Store): Books {
  const row = store.get<BooksRow>(BOOKS);
  assert(row !== undefined, 'a database says something');
  const { stop, lockedPumps, limits, ...counts } = row;
  return {
    ...counts,
    isLatched: stop !== null && (JSON.parse(stop) as { latched: boolean }).latched,
    lockedPumps: JSON.parse(lockedPumps) as Books['lockedPumps'],
    limits: JSON.parse(limits) as Books['limits'],
  };
}
