// Proves that a crowd in one process is so many devices of their own, which tell at their rate, and leave.
import { VirtualBroker } from '@perista/controller/mqtt';
import { seededRandom, VirtualClock } from '@perista/core';
import { expect, it } from 'vitest';
import { startDeviceCrowd } from './device-crowd.ts';

const COUNT = 40;

function crowdAt(wallMs: number, options: { readonly isInfusing?: boolean; readonly rateHz?: number } = {}) {
  const clock = new VirtualClock({ wallMs });
  const told: { topic: string; body: Record<string, unknown> }[] = [];
  const broker = new VirtualBroker(clock, ({ topic, body }) => told.push({ topic, body: JSON.parse(body) }));
  const crowd = startDeviceCrowd({ clock, random: seededRandom(1), broker, count: COUNT, ...options });
  return { clock, told, crowd };
}

it('comes, tells at its rate and leaves', async () => {
  const { clock, told, crowd } = crowdAt(0, { isInfusing: true, rateHz: 2 });
  await clock.advance(5_000);
  expect(crowd).toMatchObject({ connected: COUNT, infusing: COUNT });
  const before = crowd.told;
  await clock.advance(60_000);
  expect(crowd.told - before).toBe(COUNT * 2 * 60);
  const topics = new Set(told.map(({ topic }) => topic));
  for (const id of ['PUMP_0001', 'PUMP_0040']) expect(topics).toContain(`devices/${id}/progress`);
  const own = told.filter(({ topic }) => topic.endsWith('/actions')).map(({ body }) => body.infusionId);
  expect(new Set(own).size).toBe(COUNT);
  await clock.until(crowd.stop());
  expect(crowd).toMatchObject({ connected: 0, infusing: 0 });
  const offline = told.filter(({ topic, body }) => topic.endsWith('/status') && body.status === 'offline');
  expect(offline).toHaveLength(COUNT);
});

it('has started more often than the crowd before it, though it remembers nothing', async () => {
  const boots = async (wallMs: number) => {
    const { clock, told, crowd } = crowdAt(wallMs);
    await clock.advance(5_000);
    await clock.until(crowd.stop());
    return told.map(({ body }) => Number(body.boot));
  };
  const [first, second] = [await boots(1_000_000), await boots(1_010_000)];
  expect(Math.min(...second)).toBeGreaterThan(Math.max(...first));
});
