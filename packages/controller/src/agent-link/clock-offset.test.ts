// Proves that messages that came late do not make the agent's clock look slow, and that old readings are believed less.
import { expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.ts';

it('is the reading whose message took the least time', () => {
  const offset = new ClockOffset({ offsetMs: 1_000, atMs: 0 });
  offset.learn({ offsetMs: 998, atMs: 0 });
  offset.learn({ offsetMs: -2_000, atMs: 0 });
  expect(offset.at(0)).toBe(1_000);
  offset.learn({ offsetMs: 1_001, atMs: 0 });
  expect(offset.at(0)).toBe(1_001);
});

it('follows a clock that drifts', () => {
  const offset = new ClockOffset({ offsetMs: 1_000, atMs: 0 });
  for (let reading = 1; reading <= 8; reading++) offset.learn({ offsetMs: 900, atMs: reading * 1_000 });
  expect(offset.at(8_000)).toBe(900);
});

it('takes a reading from before both slept for no more than clocks that drift leave of it', () => {
  const offset = new ClockOffset({ offsetMs: 1_000, atMs: 0 });
  offset.learn({ offsetMs: 300, atMs: 7_600_000 });
  expect(offset.at(7_600_000)).toBe(300);
  expect(offset.at(8_600_000)).toBeCloseTo(100);
});
