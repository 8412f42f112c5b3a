// Proves the way of a dose through the ledger, from its intent to budget and container (P4, P14).
import { describe, expect, it } from 'vitest';
import { UnitFixture } from '../unit-fixture.ts';

describe('a dose', () => {
  it('is accepted, started, told of and settled exactly, with its budget and container booked', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 10, duration_s: 30 });
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'accepted', lo_ml: 0, delivered_ml: null });
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'running',
      progress: { delivered_ml: expect.any(Number) },
    });
    expect(unit.services.pumps.get('a')).toMatchObject({ state: 'running', current_dose: { dose_id: doseId } });
    await unit.clock.advance(30_000);
    const dose = unit.services.doses.get(doseId);
    expect(dose).toMatchObject({ state: 'done', reason: null, code: null, progress: null });
    expect(dose.delivered_ml).toBeCloseTo(unit.agent.givenMl.get(doseId) ?? -1, 9);
    expect(dose.delivered_ml).toBeCloseTo(10, 3);
    const pump = unit.services.pumps.get('a');
    expect(pump.container.level_ml).toBeCloseTo(4_990, 3);
    expect(pump.remaining_ml.hour).toBeCloseTo(190, 3);
    expect(unit.kinds().slice(-3)).toEqual(['dose_accepted', 'dose_started', 'dose_settled']);
  });
});
