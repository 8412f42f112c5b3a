// Proves that the real-time clock is set to a year that it can hold, and only where there is one.
import { expect, it } from 'vitest';
import { AgentRig } from '../fakes/fake-rig.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const setRtc = (utcMs: number) => ({ case: 'setRtc' as const, value: { utcMs } });

it.each([
  [Date.UTC(1999, 11, 31), 'E402'],
  [Date.UTC(2100, 0), 'E402'],
  [Number.NaN, 'E402'],
  [NOW_MS, 'E307'],
])('to %d in a unit without such a clock: %s', async (utcMs, code) => {
  const rig = new AgentRig({ pumps: new Map() });
  await rig.start();
  await rig.open(1n, []);
  expect(await rig.refusal(setRtc(utcMs))).toBe(code);
});
