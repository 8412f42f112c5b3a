// Proves that pumps are added, changed and removed without a dose under way noticing (I17).
import { Pump } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { firstPump, newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';

describe('the pumps of a unit', () => {
  it('begin with the first ones, calibrated, and those are not made twice', async () => {
    const unit = await new UnitFixture().boot();
    const [pump] = unit.services.pumps.list();
    expect(Pump.parse(pump)).toMatchObject({
      id: 'a',
      state: 'idle',
      blocked_by: [],
      emulated: true,
      calibration: { origin: 'factory', error_pct: expect.any(Number) },
      rate_range_ml_min: { fastest: expect.any(Number) },
      remaining_ml: { hour: 200, day: 500, week: 2000 },
      container: { capacity_ml: 5000, level_ml: 5000 },
    });
    unit.crash();
    await unit.boot();
    expect(unit.services.pumps.list().map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('show what their boards and lines last told, and nothing before that', async () => {
    const unit = new UnitFixture();
    unit.start();
    expect(unit.services.pumps.get('a').sensors).toBeNull();
    await unit.boot();
    await unit.clock.advance(5_000);
    expect(Pump.parse(unit.services.pumps.get('a')).sensors).toMatchObject({
      encoder_counts: 4711,
      enabled: true,
      stalled: null,
      line: { answered: 9, lost: 1, discarded_bytes: 0 },
    });
  });

  it('that make no calibration curve are refused in words', () => {
    const falling = [
      { rpm: 60, revolutions: 100, measuredMl: 18 },
      { rpm: 120, revolutions: 100, measuredMl: 2 },
    ];
    const broken = { ...firstPump('a'), calibrationRuns: falling };
    expect(() => new UnitFixture({ firstPumps: [broken] }).start()).toThrow('first pump "a" make no curve');
  });

  it('that nobody measured yet are there and wait for a calibration', async () => {
    const unit = await new UnitFixture({ firstPumps: [{ ...firstPump('a'), calibrationRuns: [] }] }).boot();
    expect(unit.services.pumps.get('a')).toMatchObject({ state: 'blocked', blocked_by: [{ code: 'E428' }] });
  });

  it('change by patch; the event tells what was and what is', async () => {
    const unit = await new UnitFixture().boot();
    const changed = unit.services.pumps.update('a', { name: 'pH', limits: { hour_ml: 150 } }, OPERATOR);
    expect(changed).toMatchObject({ name: 'pH', limits: { hour_ml: 150, day_ml: 500 }, remaining_ml: { hour: 150 } });
    expect(unit.events().at(-1)).toMatchObject({
      kind: 'pump_changed',
      actor: 'ola',
      data: { before: { name: 'a', limits: { hour_ml: 200 } }, after: { name: 'pH', limits: { hour_ml: 150 } } },
    });
    unit.services.pumps.update('a', { name: 'pH' }, OPERATOR);
    expect(unit.kinds().filter((kind) => kind === 'pump_changed')).toHaveLength(1);
  });

  it('keep their group while a dose is open, and waiting doses end when a pump is disabled', async () => {
    const unit = await new UnitFixture().boot();
    const running = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    const waiting = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(1_000);
    const { pumps, doses } = unit.services;
    expect(() => pumps.update('a', { mutex_group: 'g' }, OPERATOR)).toThrow('cannot change while');
    expect(() => pumps.remove('a', OPERATOR)).toThrow('has a dose that is not over');
    pumps.update('a', { enabled: false }, OPERATOR);
    expect(doses.get(waiting)).toMatchObject({ state: 'cancelled', code: 'E431' });
    await unit.clock.advance(30_000);
    expect(doses.get(running).state).toBe('done');
    expect(pumps.get('a')).toMatchObject({ state: 'disabled', blocked_by: [{ code: 'E431' }] });
  });

  it('that are new reach the agent and say what they lack; an id and a board belong to one pump', async () => {
    const unit = await new UnitFixture().boot();
    const { pumps } = unit.services;
    const before = unit.agent.configHash;
    const made = pumps.create(newPumpInput('c'), OPERATOR);
    expect(made).toMatchObject({ name: 'c', state: 'blocked', calibration: null, rate_range_ml_min: null });
    await unit.clock.advance(100);
    expect(unit.agent.configHash).not.toBe(before);
    expect(pumps.get('c').blocked_by.map(({ code }) => code)).toEqual(['E428']);
    expect(() => pumps.create(newPumpInput('c'), OPERATOR)).toThrow('belongs to a pump');
    expect(() => pumps.create({ ...newPumpInput('d'), hardware: made.hardware }, OPERATOR)).toThrow(
      'already uses board 0xE0',
    );
  });

  it('that are removed are found no more, but their doses are, and their id stays taken', async () => {
    const unit = await new UnitFixture().boot();
    const { pumps, doses } = unit.services;
    const doseId = unit.orderAccepted('a', { volume_ml: 1 });
    await unit.clock.advance(60_000);
    pumps.remove('a', OPERATOR);
    expect(pumps.list().map(({ id }) => id)).toEqual(['b']);
    expect(() => pumps.get('a')).toThrow('There is no pump');
    expect(doses.get(doseId).state).toBe('done');
    expect(() => pumps.create(newPumpInput('a'), OPERATOR)).toThrow('belongs to a pump');
    unit.crash();
    await unit.boot();
    expect(pumps).toBeDefined();
    expect(unit.services.pumps.list().map(({ id }) => id)).toEqual(['b']);
  });

  it('hand over a change only when nothing runs, and the changed pump waits for it', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('b', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(1_000);
    unit.services.pumps.update('a', { limits: { single_ml: 50 } }, OPERATOR);
    const waiting = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(waiting).state).toBe('accepted');
    expect(unit.services.pumps.get('a').blocked_by).toMatchObject([{ code: 'E207' }]);
    await unit.clock.advance(16_000);
    expect(unit.services.doses.get(waiting).state).toBe('running');
  });

  it('have nothing to release unless they are faulty or held', async () => {
    const unit = await new UnitFixture().boot();
    await expect(unit.services.pumps.release('a', 'x', OPERATOR)).rejects.toThrow('nothing to release');
  });
});
