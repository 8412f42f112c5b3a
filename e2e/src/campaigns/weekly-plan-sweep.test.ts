// Proves that wherever around a slot of a weekly plan, and around midnight UTC, controller, agent or both are started again
// or come back, the slot is dosed once or missed once, and never twice (I8, I9, P21, P22).
import { seededRandom } from '@perista/core';
import { Crew, type SweptProcess, type SweptRestart } from '@perista/simulator/campaign';
import { afterAll, expect, it } from 'vitest';
import { campaignSize } from '../harness/campaign-size.ts';

/** Half an hour and a minute on both sides of a slot. */
const REACH_S = 31 * 60;
/** Where something can go the other way: the slot, the end of its window, and half an hour before it. */
const EDGES_S = [-1_800, 0, 1_800];
const EDGE_WIDTH_S = 5;
const SAMPLES = campaignSize({ short: 15, long: 200, full: 0 });
const IS_EVERY_SECOND = campaignSize({ short: 0, long: 0, full: 1 }) === 1;
/** Each instant at all twelve slots of the day, of which the first is at midnight; or at one after the other. */
const SLOTS = campaignSize({ short: 1, long: 12, full: 12 });
const LIMIT_MS = campaignSize({ short: 300_000, long: 3_600_000, full: 72_000_000 });
const JOBS = 2;
/** Slots that one world lives through. */
const PART = 60;

const PROCESSES: readonly SweptProcess[] = ['controller', 'agent', 'both'];

const crew = new Crew(JOBS);
afterAll(() => crew.dismiss());

function offsetsS(): number[] {
  const all = Array.from({ length: 2 * REACH_S + 1 }, (_, index) => index - REACH_S);
  if (IS_EVERY_SECOND) return all;
  const random = seededRandom(1);
  const sample = Array.from({ length: SAMPLES }, () => all[Math.floor(random.unit() * all.length)] ?? 0);
  const isNearEdge = (offsetS: number) => EDGES_S.some((edgeS) => Math.abs(offsetS - edgeS) <= EDGE_WIDTH_S);
  return [...new Set([...all.filter(isNearEdge), ...sample])];
}

/** In an order that brings each slot of the day to each instant where all twelve are asked for. */
function allRestarts(): SweptRestart[] {
  return offsetsS().flatMap((offsetS) =>
    PROCESSES.flatMap((process) =>
      (['restart', 'outage'] as const).flatMap((how) =>
        Array.from({ length: SLOTS }, () => ({ process, how, offsetS })),
      ),
    ),
  );
}

it('doses each slot once or misses it once, whenever processes start again', { timeout: LIMIT_MS }, async () => {
  const restarts = allRestarts();
  const parts = Array.from({ length: Math.ceil(restarts.length / PART) }, (_, index) =>
    restarts.slice(index * PART, (index + 1) * PART),
  );
  const results = await Promise.all(parts.map((part, index) => crew.sweep({ seed: 1 + index, restarts: part })));
  expect(results.flatMap(({ wrong }) => wrong)).toEqual([]);
  const lived = results.reduce((sum, result) => sum + result.restarts, 0);
  const ends = results.flatMap((result) => Object.entries(result.ends));
  const count = (state: string) => ends.reduce((sum, [end, times]) => sum + (end === state ? times : 0), 0);
  process.stdout.write(`${lived} restarts: ${count('done')} slots done, ${count('missed')} missed\n`);
  expect(count('missed')).toBeGreaterThan(0);
  expect(count('done')).toBeGreaterThan(lived / 2);
});
