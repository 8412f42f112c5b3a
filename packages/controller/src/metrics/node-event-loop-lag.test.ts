// Proves that a stall of the process is seen at its length, once.
import { expect, it } from 'vitest';
import { nodeEventLoopLag } from './node-event-loop-lag.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('tells the longest stall since it was asked last', async () => {
  const lag = nodeEventLoopLag();
  await pause(60);
  const untilMs = performance.now() + 300;
  while (performance.now() < untilMs);
  await pause(60);
  expect(lag.takeLongestS()).toBeGreaterThan(0.25);
  expect(lag.takeLongestS()).toBe(0);
});
