// Proves that pumps behind relays are pumps like others to the controller: planned by their one rate, one at a time (I6).
import { Pump } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import type { FirstPump } from './first-pumps.ts';

const RUNS = [9.8, 9.9, 10].map((measuredMl) => ({ rpm: 60, revolutions: 30, measuredMl }));

const relayPump = (channel: number): FirstPump => ({
  ...newPumpInput(`relay-${channel}`, { hardware: { kind: 'relay', channel } }),
  calibrationRuns: RUNS,
});

const boot = () => new UnitFixture({ firstPumps: [relayPump(1), relayPump(2)] }).boot();

describe('pumps behind relays', () => {
  it('show their relay, their group and their one rate', async () => {
    const unit = await boot();
    const pump = Pump.parse(unit.services.pumps.get('relay-1'));
    expect(pump).toMatchObject({
      state: 'idle',
      blocked_by: [],
      hardware: { kind: 'relay', channel: 1 },
      mutex_group: 'relays',
      calibration: { points: [{ rpm: 60, ml_per_min: expect.closeTo(19.8, 9) }] },
    });
    expect(pump.rate_range_ml_min?.slowest).toBe(pump.rate_range_ml_min?.fastest);
  });

  it('dose for the time that follows from volume and rate, one after the other', async () => {
    const unit = await boot();
    expect(unit.order('relay-1', { volume_ml: 3.3 })).toMatchObject({
      answer: { state: 'accepted', duration_s: 10, pulses: 10_000 },
    });
    expect(unit.order('relay-2', { volume_ml: 3.3, duration_s: 10 })).toMatchObject({ answer: { state: 'queued' } });
    expect(unit.order('relay-2', { volume_ml: 3.3, duration_s: 20 })).toMatchObject({ refusal: { code: 'E421' } });
    expect(unit.order('relay-2', { volume_ml: 3.3, direction: 'reverse' })).toMatchObject({
      refusal: { code: 'E438' },
    });
  });

  it('stay in their group, and no relay is given to two pumps', async () => {
    const { services } = await boot();
    expect(() => services.pumps.update('relay-1', { mutex_group: null }, OPERATOR)).toThrow('must be "relays"');
    const twin = newPumpInput('twin', { hardware: { kind: 'relay', channel: 2 } });
    expect(() => services.pumps.create(twin, OPERATOR)).toThrow('Pump "relay-2" already uses relay 2');
    const loner = newPumpInput('loner', { hardware: { kind: 'relay', channel: 3 }, mutex_group: 'mine' });
    expect(() => services.pumps.create(loner, OPERATOR)).toThrow('it is "mine"');
  });
});
