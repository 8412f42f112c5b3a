// Proves that a container is booked with each dose at the top of its range, that nothing is dosed below its empty level, that it
// warns once, and that people can fill it up, measure it and share it between pumps (P3, P14).
import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { EXAMPLE_PLAN, relayPump } from '../weekly-plan/relay-unit-fixture.ts';

const DAY_MS = 86_400_000;

/** Two pumps, each with 100 ml of its own. */
const boot = () => new UnitFixture({ firstPumps: ['a', 'b'].map((id) => firstPump(id, { container_ml: 100 })) }).boot();

async function dose(unit: UnitFixture, pumpId: string, volumeMl: number): Promise<string> {
  const doseId = unit.orderAccepted(pumpId, { volume_ml: volumeMl });
  await unit.clock.advance(200_000);
  return doseId;
}

/** The code and the words with which `work` fails. */
function failure(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    if (isPeristaError(error)) return [error.code, error.message];
    throw error;
  }
  return ['none', ''];
}

describe('a container', () => {
  it('is charged the top of the range of a dose whose outcome is not known', async () => {
    const unit = await boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 10, duration_s: 30 });
    await unit.clock.advance(5_000);
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.restart();
    await unit.clock.advance(60_000);
    const { state, lo_ml, hi_ml } = unit.services.doses.get(doseId);
    expect([state, lo_ml]).toEqual(['uncertain', 0]);
    expect(hi_ml).toBeGreaterThanOrEqual(10);
    expect(unit.services.containers.get('a').level_ml).toBeCloseTo(100 - hi_ml, 9);
  });

  it('refuses what would go below its empty level, with rule and figures, and counts what is not over yet', async () => {
    const unit = await boot();
    unit.services.containers.update('a', { low_ml: 60, empty_ml: 50 }, OPERATOR);
    unit.orderAccepted('a', { volume_ml: 20 });
    expect(unit.services.containers.get('a')).toMatchObject({ level_ml: 100, reserved_ml: expect.closeTo(20, 2) });
    const outcome = unit.order('a', { volume_ml: 40 });
    expect(outcome).toMatchObject({
      kind: 'refused',
      refusal: { reason: 'container', code: 'E429', value: expect.closeTo(40, 2), limit: expect.closeTo(30, 2) },
    });
    expect(outcome.kind === 'refused' && outcome.refusal.sentence).toMatch(
      /^The dose may need 40\S* ml, but the container is booked to hold (29|30)\S* ml above the 50 ml that stay in it\./,
    );
    expect(unit.order('a', { volume_ml: 29 }).kind).toBe('accepted');
  });

  it('is looked at again before a waiting dose begins, also when the other pump drew from it', async () => {
    const unit = await boot();
    unit.services.containers.update('a', { pumps: ['a', 'b'] }, OPERATOR);
    unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    const [waiting, later] = [unit.orderAccepted('a', { volume_ml: 60 }), unit.orderAccepted('a', { volume_ml: 1 })];
    unit.services.containers.update('a', { low_ml: 40, empty_ml: 30 }, OPERATOR);
    await unit.clock.advance(300_000);
    expect(unit.services.doses.get(waiting)).toMatchObject({ state: 'refused', code: 'E429', hi_ml: 0 });
    expect(unit.services.doses.get(later).state).toBe('done');
  });

  it('counts the dose that runs on another pump when a waiting one begins', async () => {
    const unit = await boot();
    unit.services.containers.update('a', { pumps: ['a', 'b'] }, OPERATOR);
    unit.orderAccepted('a', { volume_ml: 40, duration_s: 100 });
    unit.orderAccepted('b', { volume_ml: 1, duration_s: 4 });
    const waiting = unit.orderAccepted('b', { volume_ml: 50 });
    unit.services.containers.update('a', { low_ml: 20, empty_ml: 15 }, OPERATOR);
    await unit.clock.advance(10_000);
    expect(unit.services.doses.get(waiting)).toMatchObject({ state: 'refused', code: 'E429' });
  });

  it('warns once as it runs low and once as it runs empty, and says so on its pumps', async () => {
    const unit = await boot();
    unit.services.containers.update('a', { low_ml: 60, empty_ml: 10 }, OPERATOR);
    await dose(unit, 'a', 50);
    await dose(unit, 'a', 20);
    await dose(unit, 'a', 19.99);
    const warnings = unit.events().filter(({ kind }) => kind.startsWith('container_') && kind !== 'container_changed');
    expect(warnings).toMatchObject([
      { kind: 'container_low', severity: 'warning', pump_id: 'a', data: { container_id: 'a', low_ml: 60 } },
      { kind: 'container_empty', severity: 'alarm', pump_id: 'a', data: { empty_ml: 10, pumps: ['a'] } },
    ]);
    const pump = unit.services.pumps.get('a');
    expect(pump).toMatchObject({ state: 'blocked', blocked_by: [{ code: 'E429' }], container: { state: 'empty' } });
  });

  it('outlives a crash with what was booked', async () => {
    const unit = await boot();
    await dose(unit, 'a', 10);
    const before = unit.services.containers.get('a').level_ml;
    const open = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(5_000);
    unit.crash();
    await unit.clock.advance(60_000);
    await unit.boot();
    const { hi_ml, ended_at } = unit.services.doses.get(open);
    expect(ended_at).not.toBeNull();
    expect(unit.services.containers.get('a').level_ml).toBeCloseTo(before - hi_ml, 9);
  });
});

describe('a refill', () => {
  it('raises the level once, however often it is sent, and is logged with who, when and how much', async () => {
    const unit = await boot();
    const { containers } = unit.services;
    await dose(unit, 'a', 30);
    const first = containers.refill('a', { added_ml: 20 }, OPERATOR, 'k');
    expect(first).toMatchObject({ actor: 'ola', booked_ml: expect.closeTo(70, 2), added_ml: 20, deviation: null });
    expect(containers.refill('a', { added_ml: 20 }, OPERATOR, 'k')).toEqual(first);
    expect(containers.get('a').level_ml).toBe(first.level_ml);
    expect(failure(() => containers.refill('a', { added_ml: 21 }, OPERATOR, 'k'))[0]).toBe('E407');
    expect(containers.refills('a', { limit: 5 }).items).toEqual([first]);
    expect(unit.events().at(-1)).toMatchObject({ kind: 'container_refilled', pump_id: 'a', data: { added_ml: 20 } });
  });

  it('is refused where more would be in it than it holds, and can say that it is full', async () => {
    const unit = await boot();
    const { containers } = unit.services;
    await dose(unit, 'a', 30);
    const [code, words] = failure(() => containers.refill('a', { added_ml: 50 }, OPERATOR));
    expect(code).toBe('E402');
    expect(words).toMatch(/added_ml makes 120\S* ml .*the capacity is 100 ml/);
    expect(failure(() => containers.refill('a', { rest_ml: 101 }, OPERATOR))[1]).toContain('rest_ml must be at most');
    expect(containers.refill('a', { full: true }, OPERATOR).level_ml).toBe(100);
  });

  it('with a measured rest puts the book right and shows the error of the calibration', async () => {
    const unit = await boot();
    const { containers } = unit.services;
    for (const volumeMl of [20, 20]) await dose(unit, 'a', volumeMl);
    const measured = containers.refill('a', { rest_ml: 58 }, OPERATOR);
    expect(measured).toMatchObject({
      level_ml: 58,
      deviation: {
        drawn_hi_ml: expect.closeTo(40, 2),
        drawn_measured_ml: 42,
        error_ml: expect.closeTo(2, 2),
        error_pct: expect.closeTo(5, 1),
      },
    });
    const again = containers.refill('a', { rest_ml: 58, full: true }, OPERATOR);
    expect(again).toMatchObject({ added_ml: 42, level_ml: 100, deviation: { error_ml: 0, error_pct: null } });
    expect(unit.kinds().slice(-2)).toEqual(['container_measured', 'container_refilled']);
  });

  it('cannot measure while a dose draws', async () => {
    const unit = await boot();
    unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    await unit.clock.advance(1_000);
    const measure = () => unit.services.containers.refill('a', { rest_ml: 90 }, OPERATOR);
    expect(failure(measure)[0]).toBe('E406');
    await unit.clock.advance(100_000);
    expect(measure().level_ml).toBe(90);
  });
});

describe('containers', () => {
  it('are made, shared, left and removed, and no pump is ever without one', async () => {
    const unit = await boot();
    const { containers, pumps } = unit.services;
    const input = { id: 'drum', product: 'Calcium', capacity_ml: 1_000, level_ml: 400, pumps: ['a', 'b'] };
    expect(containers.create(input, OPERATOR)).toMatchObject({ ...input, low_ml: 100, empty_ml: 0, state: 'ok' });
    expect(pumps.get('b').container).toMatchObject({ id: 'drum', product: 'Calcium', level_ml: 400 });
    await dose(unit, 'a', 30);
    await dose(unit, 'b', 50);
    expect(containers.get('drum').level_ml).toBeCloseTo(320, 2);
    expect(failure(() => containers.update('drum', { pumps: ['a'] }, OPERATOR))[0]).toBe('E406');
    expect(failure(() => containers.remove('drum', OPERATOR))[0]).toBe('E406');
    containers.update('b', { pumps: ['b'] }, OPERATOR);
    expect(containers.get('drum').pumps).toEqual(['a']);
    containers.remove('a', OPERATOR);
    expect(failure(() => containers.get('a'))[0]).toBe('E404');
    expect(failure(() => containers.create({ ...input, id: 'a' }, OPERATOR))[0]).toBe('E406');
  });

  it('refuse marks that do not fit, each by its name', async () => {
    const { containers } = (await boot()).services;
    const wrong = { id: 'x', capacity_ml: 100, level_ml: 101, low_ml: 100, empty_ml: 100.5 };
    const [code, words] = failure(() => containers.create(wrong, OPERATOR));
    expect(code).toBe('E402');
    expect(words).toMatch(/level_ml must be at most.*low_ml must be less.*empty_ml must be at most/);
    expect(failure(() => containers.update('a', { capacity_ml: 50 }, OPERATOR))[1]).toContain(
      'must be at least the level',
    );
  });

  it('cannot be changed under a pump with an open dose', async () => {
    const unit = await boot();
    unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    expect(failure(() => unit.services.containers.update('b', { pumps: ['a', 'b'] }, OPERATOR))[0]).toBe('E406');
  });
});

describe('days left', () => {
  it('come from the weekly plan, dose by dose, and the next dose says when it would not fit', async () => {
    const unit = await new UnitFixture({ firstPumps: [{ ...relayPump(1), container_ml: 100 }] }).boot();
    const { containers, dosingUnit, pumps } = unit.services;
    dosingUnit.configure([{ id: 1, ...EXAMPLE_PLAN }], OPERATOR);
    await unit.clock.advance(1_000);
    // 15.5 ml at each midnight and noon UTC; it is noon: the seventh dose does not fit any more.
    const container = containers.get('relay-1');
    expect(container).toMatchObject({ forecast_by: 'plan', runs_out_at: '2026-03-05T00:00:00.000Z' });
    expect(container.days_left).toBeCloseTo(3.5, 2);
    expect(containers.levels('relay-1', 3).forecast).toHaveLength(7);
    expect(pumps.get('relay-1')).toMatchObject({
      next_dose_at: '2026-03-02T00:00:00.000Z',
      next_dose: { volume_ml: 15.5, schedule_id: null, held_up_by: null },
    });
    containers.refill('relay-1', { rest_ml: 5 }, OPERATOR);
    expect(pumps.get('relay-1').next_dose?.held_up_by).toMatchObject({ code: 'E429' });
    dosingUnit.configure([{ id: 1, enabled: false }], OPERATOR);
    await unit.clock.advance(1_000);
    expect(pumps.get('relay-1')).toMatchObject({ next_dose_at: null, next_dose: null });
  });

  it('come from recent use where nothing is planned, and are not told where nothing is used', async () => {
    const unit = await boot();
    const { containers } = unit.services;
    expect(containers.get('a')).toMatchObject({ forecast_by: null, days_left: null, runs_out_at: null });
    await dose(unit, 'a', 20);
    expect(containers.get('a')).toMatchObject({ forecast_by: 'use', days_left: expect.closeTo(4, 1) });
    unit.clock.sleepThrough(9 * DAY_MS);
    await unit.clock.advance(100_000);
    expect(containers.get('a').days_left).toBeCloseTo(36, 0);
    const { past, forecast } = containers.levels('a', 30);
    expect(past.map(({ level_ml }) => Math.round(level_ml))).toEqual([100, 80, 80]);
    expect(forecast.map(({ level_ml }) => Math.round(level_ml))).toEqual([80, 18]);
  });
});
