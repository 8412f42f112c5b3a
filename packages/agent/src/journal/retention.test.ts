// Proves that no dose is forgotten that is unsettled, younger than 30 days, or among the pump's last 400 (P13).
import { describe, expect, it } from 'vitest';
import type { EndedDose } from './dose-record.ts';
import { prunableDoses } from './retention.ts';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = 1000 * DAY_MS;

function dose(index: number, pumpId: string, ageDays: number, confirmed = true): EndedDose {
  return {
    start: {
      doseId: `${pumpId}-${index}`,
      pumpId,
      epoch: '1',
      e0: 0,
      targetCounts: 1,
      capCounts: 1,
      capMs: 1,
      direction: 'forward',
      mlPerRev: 1,
      isCalibrated: true,
      encoder: { bits: 48, countsPerRev: 65536, sign: 1 },
      startedAtWallMs: 0,
    },
    end: {
      cause: 'target',
      travel: { lo: 1, hi: 1 },
      loMl: 1,
      hiMl: 1,
      failure: null,
      durationMs: 1,
      endedAtWallMs: NOW_MS - ageDays * DAY_MS + index,
    },
    confirmed,
  };
}
const doses = (count: number, pumpId: string, ageDays: number, confirmed = true) =>
  Array.from({ length: count }, (_, index) => dose(index, pumpId, ageDays, confirmed));

describe('prunableDoses', () => {
  it('keeps the last 400 of each pump, however old', () => {
    expect(prunableDoses([...doses(400, 'a', 90), ...doses(400, 'b', 90)], NOW_MS)).toEqual([]);
    const pruned = prunableDoses(doses(403, 'a', 90), NOW_MS).map((one) => one.start.doseId);
    expect(pruned.sort()).toEqual(['a-0', 'a-1', 'a-2']);
  });

  it('keeps 30 days, however many', () => {
    expect(prunableDoses(doses(1000, 'a', 29), NOW_MS)).toEqual([]);
  });

  it('keeps what the controller has not settled', () => {
    const old = doses(3, 'a', 90, false);
    expect(prunableDoses([...old, ...doses(400, 'a', 1)], NOW_MS)).toEqual([]);
  });
});
