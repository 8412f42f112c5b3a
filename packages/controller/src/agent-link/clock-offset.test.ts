// Proves that messages that came late do not make the agent's clock look slow, and that old readings are forgotten.
import { expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.ts';

it('is the reading whose message took the least time', () => {
  const offset = new ClockOffset(1_000);
  offset.learn(998);
  offset.learn(-2_000);
  expect(offset.ms).toBe(1_000);
  offset.learn(1_001);
  expect(offset.ms).toBe(1_001);
});

it('follows a clock that drifts', () => {
  const offset = new ClockOffset(1_000);
  for (let reading = 0; reading < 8; reading++) offset.learn(900);
  expect(offset.ms).toBe(900);
});
