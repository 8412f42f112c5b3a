// The whole way of doses behind relays, with real processes: exact where they end, whether by themselves or by a stop, and one
// at a time (I4, I6).
import { beforeAll, describe, expect, it } from 'vitest';
import { startUnit, type TestUnit, until } from './harness/index.ts';

/** Switching takes some milliseconds. */
const SWITCHING_S = 0.02;

describe('relays', () => {
  let unit: TestUnit;

  beforeAll(async () => {
    unit = await startUnit();
  });

  const rateOf = async (pumpId: string) => ((await unit.api.pump(pumpId)).rate_range_ml_min?.fastest ?? 0) / 60;

  it('dose by time, one after the other, within what their calibration says', async () => {
    const first = await unit.api.dose('relay-1', { volume_ml: 0.8 });
    const second = await unit.api.dose('relay-2', { volume_ml: 0.6 });
    expect([first.state, second.state]).toEqual(['accepted', 'queued']);
    for (const { dose_id, pump_id, volume_ml, duration_s } of [first, second]) {
      const dose = await unit.api.settled(dose_id, 30_000);
      expect(dose).toMatchObject({ state: 'done', reason: null });
      expect(dose.delivered_ml).toBeCloseTo(volume_ml, 1);
      const truth = await unit.emulator.truth(pump_id);
      expect(Math.abs(truth.on_s - duration_s), 'seconds off').toBeLessThan(SWITCHING_S);
      expect(truth.true_ml / volume_ml).toBeCloseTo(1, 1);
      expect(truth.motions).toHaveLength(1);
    }
    const [one, two] = [await unit.emulator.truth('relay-1'), await unit.emulator.truth('relay-2')];
    expect(Date.parse(two.motions[0]?.started_at ?? '')).toBeGreaterThan(Date.parse(one.motions[0]?.ended_at ?? ''));
  });

  it('are off at once when stopped, and what was given is measured', async () => {
    const { dose_id } = await unit.api.dose('relay-3', { volume_ml: 5 });
    await until(async () => (await unit.emulator.truth('relay-3')).on_s > 0.7, 10_000, 'the relay is on');
    await unit.api.request('POST', '/api/pumps/relay-3/stop');
    expect((await unit.emulator.truth('relay-3')).moving).toBe(false);
    const dose = await unit.api.settled(dose_id, 10_000);
    const { on_s } = await unit.emulator.truth('relay-3');
    expect(dose.state).toBe('partial');
    expect(Math.abs((dose.delivered_ml ?? 0) / (await rateOf('relay-3')) - on_s)).toBeLessThan(SWITCHING_S);
  });
});
