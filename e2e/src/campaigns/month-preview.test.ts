// Proves that the preview of a month is what the real controller, the real agent and emulated pumps then do where nothing goes
// wrong: each dose in pump, instant and ml, by the ledger and by what shafts turned and relays were on; across a change of clocks.
import { liveMonth } from '@perista/simulator/campaign';
import { expect, it } from 'vitest';
import { campaignSize } from '../harness/campaign-size.ts';

const LIMIT_MS = 1_200_000;
/** Both steppers of the first are of one group: one waits for the other. */
const FIRST_SEED = 11;
const MONTHS = campaignSize({ short: 1, long: 4, full: 20 });

it.each(Array.from({ length: MONTHS }, (_, index) => FIRST_SEED + index))(
  'a month is as it was foretold: world %d',
  { timeout: LIMIT_MS },
  async (seed) => {
    const { plan, wrong } = await liveMonth(seed);
    expect(wrong).toEqual([]);
    const told = new Set(plan.doses.map(({ state, code }) => code ?? state));
    expect([...told]).toEqual(expect.arrayContaining(['given', 'E424', 'E425', 'E426']));
    if (seed === FIRST_SEED) expect(told).toContain('waits');
    expect(new Set(plan.doses.map(({ pump_id }) => pump_id)).size).toBe(5);
    expect(plan.doses.length).toBeGreaterThan(400);
    expect(plan.clock_changes.map(({ day }) => day)).toContain('2026-03-29');
  },
);
