// Proves that 1,000 orders a minute through HTTP to the agent and its motors are each answered once, none lost or doubled.
import { hostClock, sleep } from '@perista/core';
import { DoseAccepted } from '@perista/protocol/api';
import { expect, it } from 'vitest';
import { campaignSize } from '../harness/campaign-size.ts';
import { type Reply, startUnit, type TestUnit } from '../harness/index.ts';
import { spread } from './spread.ts';

const ORDERS_PER_MIN = 1_000;
const MINUTES = campaignSize({ short: 1, long: 2, full: 10 });
const DOSE_ML = 0.05;

interface Order {
  readonly key: string;
  readonly kind: 'dose' | 'stop' | 'refused';
  send(): Promise<Reply>;
}

/** One in twenty doses; the rest are stops, one in ten of them for the pump that doses, and orders that a rule refuses. */
function orderOf(index: number, { api }: TestUnit): Order {
  const key = `load-${index}`;
  const headers = { 'idempotency-key': key };
  if (index % 20 === 0) return { key, kind: 'dose', send: () => api.order('ph-down', { volume_ml: DOSE_ML }, key) };
  if (index % 2 === 0) {
    return { key, kind: 'refused', send: () => api.order('ph-down', { volume_ml: 50, duration_s: 2.5 }, key) };
  }
  const pump = index % 20 === 11 ? 'ph-down' : 'nutrient-a';
  return { key, kind: 'stop', send: () => api.request('POST', `/api/pumps/${pump}/stop`, undefined, headers) };
}

const STATUS = { dose: 202, stop: 200, refused: 422 } as const;

it(`answers each of 1,000 orders a minute once, for ${MINUTES} min, and gives what the ledger says`, async () => {
  const unit = await startUnit();
  const clock = hostClock(globalThis);
  const count = ORDERS_PER_MIN * MINUTES;
  const orders = Array.from({ length: count }, (_, index) => orderOf(index, unit));
  const gapMs = 60_000 / ORDERS_PER_MIN;
  const startedMs = clock.monotonicMs();
  const latenciesMs: number[] = [];

  const answers = await Promise.all(
    orders.map(async (order, index) => {
      await sleep(clock, index * gapMs);
      const sentMs = clock.monotonicMs();
      const reply = await order.send();
      latenciesMs.push(clock.monotonicMs() - sentMs);
      return reply;
    }),
  );
  const tookMin = (clock.monotonicMs() - startedMs) / 60_000;

  for (const [index, order] of orders.entries()) {
    expect(answers[index]?.status, `${order.key}: ${JSON.stringify(answers[index]?.body)}`).toBe(STATUS[order.kind]);
  }
  for (const [index, order] of orders.entries())
    expect(await order.send(), `${order.key} again`).toEqual(answers[index]);

  const doseIds = answers
    .filter((_, index) => orders[index]?.kind === 'dose')
    .map(({ body }) => DoseAccepted.parse(body).dose_id);
  expect(new Set(doseIds).size).toBe(count / 20);
  const doses = await Promise.all(doseIds.map((id) => unit.api.settled(id, 30_000)));
  const givenMl = doses.reduce((sum, dose) => sum + (dose.delivered_ml ?? Number.NaN), 0);
  const truth = await unit.emulator.truth('ph-down');
  const { last_dose: last } = await unit.api.pump('ph-down');
  expect(last).not.toBeNull();
  expect(doses.filter(({ state }) => !['done', 'partial', 'cancelled', 'missed'].includes(state))).toEqual([]);
  expect(Math.abs(truth.true_ml - givenMl)).toBeLessThan(0.03 * givenMl);
  expect(truth.motions.length).toBeLessThanOrEqual(doses.length);

  const ends = Object.entries(Object.groupBy(doses, ({ state }) => state)).map(
    ([state, list]) => `${list?.length} ${state}`,
  );
  console.info(
    `${count} orders in ${tookMin.toFixed(2)} min; answered in ${spread(latenciesMs)}; doses: ${ends.join(', ')}`,
  );
}, 240_000);
