// Proves that no clock, however wrong at the start of the controller, frees a cap or closes it for years (P19, I20).
import { VirtualClock } from '@perista/core';
import { expect, it } from 'vitest';
import { ChargeClock } from './charge-clock.ts';

const NOW_MS = Date.UTC(2026, 10, 27);
const HOUR_MS = 3_600_000;

it.each([
  ['the wall clock', NOW_MS + HOUR_MS, NOW_MS + HOUR_MS],
  ['its high-water mark where the clock was set back', NOW_MS - HOUR_MS, NOW_MS],
  ['its high-water mark where the clock began anew', 0, NOW_MS],
  ['its high-water mark where the clock shows a year far ahead', Date.UTC(2150, 0), NOW_MS],
])('begins at %s, and goes on with the monotonic clock', (_, wallMs, beginsMs) => {
  const clock = new VirtualClock({ wallMs });
  const charge = new ChargeClock(clock, NOW_MS);
  expect(charge.nowMs()).toBe(beginsMs);
  clock.stepWall(HOUR_MS);
  clock.sleepThrough(1_000);
  expect(charge.nowMs()).toBe(beginsMs + 1_000);
});
