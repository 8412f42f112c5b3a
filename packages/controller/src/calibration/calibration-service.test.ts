// Proves that a guided calibration runs each of its runs once, whatever crashes, charges what they gave, and puts a
// calibration into use only as its measurements and its verification allow (P3, P15).
import { PumpCalibrations, type SessionRunRequest } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { firstPump, newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { relayPump } from '../weekly-plan/relay-unit-fixture.ts';

const SPEEDS = [10, 60, 180];
/** What the head of the fresh pump really gives, ml a turn. */
const trueMlPerRev = (rpm: number) => 0.2 * (1 - rpm * 0.0002);

/** A pump that nobody has calibrated yet. */
async function fresh() {
  const { calibrationRuns: _, ...plain } = firstPump('a');
  const unit = new UnitFixture({ firstPumps: [{ ...plain, calibrationRuns: [] }, firstPump('b')] });
  await unit.boot();
  return unit;
}

const open = (unit: UnitFixture, pumpId = 'a') => unit.services.calibrations.open(pumpId, OPERATOR).id;
const stateOf = (unit: UnitFixture, pumpId = 'a') => unit.services.calibrations.ofPump(pumpId);
const sessionOf = (unit: UnitFixture, pumpId = 'a') => {
  const { session } = stateOf(unit, pumpId);
  if (session === null) throw new Error('no session is open');
  return session;
};

function ask(unit: UnitFixture, request: SessionRunRequest, key?: string, pumpId = 'a') {
  const named = key === undefined ? {} : { key };
  return unit.services.calibrations.run(pumpId, sessionOf(unit, pumpId).id, { request, actor: OPERATOR, ...named });
}

/** Orders a run that must be accepted. */
function order(unit: UnitFixture, request: SessionRunRequest, key?: string, pumpId = 'a') {
  const outcome = ask(unit, request, key, pumpId);
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.answer;
}

async function runWhole(unit: UnitFixture, request: SessionRunRequest, pumpId = 'a') {
  const run = order(unit, request, undefined, pumpId);
  await unit.clock.advance((run.duration_s + 2) * 1000);
  return run;
}

const measure = (unit: UnitFixture, run_id: string, measured_ml: number, pumpId = 'a') =>
  unit.services.calibrations.measure(pumpId, sessionOf(unit, pumpId).id, { run_id, measured_ml }, OPERATOR);

/** A session with runs at each speed, measured, and finished. */
async function finished(unit: UnitFixture) {
  open(unit);
  for (const rpm of SPEEDS) {
    for (const off of [0.998, 1.002, 1]) {
      const run = await runWhole(unit, { rpm, duration_s: 20 });
      measure(unit, run.run_id, run.revolutions * trueMlPerRev(run.rpm) * off);
    }
  }
  const { calibration } = unit.services.calibrations.finish('a', sessionOf(unit).id);
  if (calibration === null) throw new Error('no calibration');
  return calibration;
}

describe('a guided calibration of a fresh pump', () => {
  it('measures, fits, verifies and brings into use what the pump gives', async () => {
    const unit = await fresh();
    expect(unit.order('a', { volume_ml: 5 })).toMatchObject({ refusal: { code: 'E428' } });
    expect(unit.services.pumps.get('a').blocked_by[0]).toMatchObject({ code: 'E428' });

    const candidate = await finished(unit);
    expect(candidate.active).toBe(false);
    expect(candidate.curve.speeds.map(({ runs }) => runs)).toEqual([3, 3, 3]);
    expect(candidate.curve.error_pct).toBeLessThan(3);
    for (const { rpm, ml_per_min } of candidate.curve.points) {
      expect(ml_per_min / rpm / trueMlPerRev(rpm)).toBeCloseTo(1, 2);
    }
    expect(unit.order('a', { volume_ml: 5 })).toMatchObject({ refusal: { code: 'E428' } });

    const check = await runWhole(unit, { verify_ml: 10 });
    expect(unit.services.doses.get(check.run_id)).toMatchObject({ cause: 'calibration', calibration_id: candidate.id });
    measure(unit, check.run_id, 10.1);
    expect(sessionOf(unit).calibration?.verification).toMatchObject({
      passed: true,
      expected_ml: 10,
      measured_ml: 10.1,
    });

    unit.services.calibrations.activate(candidate.id, OPERATOR);
    PumpCalibrations.parse(stateOf(unit));
    expect(stateOf(unit)).toMatchObject({ session: null, items: [{ id: candidate.id, active: true }] });
    expect(unit.order('a', { volume_ml: 5 })).toMatchObject({ kind: 'accepted' });
    expect(unit.kinds().filter((kind) => kind === 'pump_calibrated')).toHaveLength(1);
  });

  it('proposes speeds that its limits allow', async () => {
    const unit = await fresh();
    open(unit);
    const { proposed, repeats } = sessionOf(unit);
    expect(repeats).toBe(3);
    expect(proposed.length).toBeGreaterThanOrEqual(5);
    const [slowest] = proposed;
    expect(ask(unit, { rpm: slowest?.rpm ?? 0, duration_s: slowest?.duration_s ?? 0 }).kind).toBe('accepted');
  });

  it('takes grams with their density, and lets a reading be corrected or discarded', async () => {
    const unit = await fresh();
    const session = open(unit);
    const { calibrations } = unit.services;
    const { run_id } = await runWhole(unit, { rpm: 60, duration_s: 20 });
    calibrations.measure('a', session, { run_id, measured_g: 4.8, density_g_ml: 1.2 }, OPERATOR);
    expect(sessionOf(unit).runs[0]).toMatchObject({ state: 'measured', measured_ml: expect.closeTo(4, 9) });
    measure(unit, run_id, 3.9);
    expect(sessionOf(unit).runs[0]?.measured_ml).toBe(3.9);
    expect(sessionOf(unit).curve?.points).toHaveLength(1);
    calibrations.measure('a', session, { run_id, discard: true }, OPERATOR);
    expect(sessionOf(unit)).toMatchObject({ curve: null, runs: [{ state: 'discarded' }] });
  });

  it('names outliers and says why measurements make no curve', async () => {
    const unit = await fresh();
    const session = open(unit);
    const amounts = [4, 4.02, 8, 3.98];
    for (const ml of amounts) measure(unit, (await runWhole(unit, { rpm: 60, duration_s: 20 })).run_id, ml);
    expect(sessionOf(unit).runs.map(({ outlier }) => outlier)).toEqual([false, false, true, false]);
    measure(unit, (await runWhole(unit, { rpm: 200, duration_s: 20 })).run_id, 3);
    expect(sessionOf(unit)).toMatchObject({
      curve: null,
      problem: { reason: 'contradictory', detail: expect.stringContaining('has to rise') },
    });
    expect(() => unit.services.calibrations.finish('a', session)).toThrow('has to rise');
  });
});

describe('the runs', () => {
  it('are charged at the most they can give, then at what they gave, and are no doses of the day', async () => {
    const unit = await fresh();
    open(unit);
    const run = order(unit, { rpm: 60, duration_s: 20 });
    const most = unit.services.doses.get(run.run_id).hi_ml;
    expect(most).toBeGreaterThan((40 * 20) / 60);
    expect(unit.services.pumps.get('a').remaining_ml.hour).toBeCloseTo(200 - most, 6);
    await unit.clock.advance(5_000);
    expect(unit.services.pumps.get('a').state).toBe('calibrating');
    await unit.clock.advance(30_000);
    expect(unit.services.doses.get(run.run_id)).toMatchObject({ state: 'done', lo_ml: 0, delivered_ml: null });
    expect(unit.services.pumps.get('a').container.level_ml).toBeCloseTo(5000 - most, 6);

    measure(unit, run.run_id, 4);
    const hi = 4 * 1.02 + 0.05;
    expect(unit.services.doses.get(run.run_id)).toMatchObject({ delivered_ml: 4, hi_ml: hi, lo_ml: 8 - hi });
    expect(unit.services.pumps.get('a').container.level_ml).toBeCloseTo(5000 - hi, 6);
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeCloseTo(hi, 9);
    expect(unit.services.history.ofPump('a', 1).days[0]).toMatchObject({ doses: 0, hi_ml: 0 });
    expect(unit.unit.doseTotals()).toMatchObject([{ cause: 'calibration', doses: 1, volumeMl: 4 }]);
  });

  it('correct no container whose level somebody has seen since', async () => {
    const unit = await fresh();
    open(unit);
    const { run_id } = await runWhole(unit, { rpm: 60, duration_s: 20 });
    const rest = { rest_ml: 4900 };
    unit.services.containers.refill('a', rest, OPERATOR);
    measure(unit, run_id, 4);
    expect(unit.services.pumps.get('a').container.level_ml).toBe(4900);
  });

  it('are refused by the caps like doses, and nobody reads more off them than they can have given', async () => {
    const unit = await fresh();
    open(unit);
    expect(ask(unit, { rpm: 60, duration_s: 150 })).toMatchObject({ refusal: { reason: 'single-dose-limit' } });
    const { run_id } = await runWhole(unit, { rpm: 60, duration_s: 90 });
    expect(() => measure(unit, run_id, 300)).toThrow('can have given no more');
    unit.services.calibrations.measure('a', sessionOf(unit).id, { run_id, discard: true }, OPERATOR);
    await runWhole(unit, { rpm: 60, duration_s: 90 });
    unit.services.calibrations.measure(
      'a',
      sessionOf(unit).id,
      { run_id: sessionOf(unit).runs[1]?.run_id ?? '', discard: true },
      OPERATOR,
    );
    expect(ask(unit, { rpm: 60, duration_s: 90 })).toMatchObject({ refusal: { reason: 'hour-cap' } });
    expect(sessionOf(unit).runs).toHaveLength(2);
    expect(unit.agent.motions.size).toBe(2);
  });

  it('wait for nothing and for no other: one at a time, each measured before the next', async () => {
    const unit = await fresh();
    open(unit);
    const run = order(unit, { rpm: 60, duration_s: 20 });
    expect(() => ask(unit, { rpm: 60, duration_s: 20 })).toThrow('enter or discard it first');
    await unit.clock.advance(30_000);
    expect(() => ask(unit, { rpm: 60, duration_s: 20 })).toThrow(run.run_id);
    measure(unit, run.run_id, 4);
    order(unit, { rpm: 60, duration_s: 20 });
  });

  it('with the same key are one run, with another body none', async () => {
    const unit = await fresh();
    open(unit);
    const run = order(unit, { rpm: 60, duration_s: 20 }, 'k');
    expect(order(unit, { rpm: 60, duration_s: 20 }, 'k')).toEqual(run);
    expect(ask(unit, { rpm: 61, duration_s: 20 }, 'k').kind).toBe('key-reused');
    await unit.clock.advance(30_000);
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });

  it('say which speed is wrong, and that a relay has none', async () => {
    const unit = await fresh();
    open(unit);
    expect(() => ask(unit, { rpm: 301, duration_s: 5 })).toThrow('rpm must be at most 300');
    expect(() => ask(unit, { duration_s: 5 })).toThrow('rpm is missing');
    expect(() => ask(unit, { verify_ml: 5 })).toThrow('nothing to verify');
  });

  it('that are stopped are cut short, stay charged, and are not measured', async () => {
    const unit = await fresh();
    open(unit);
    const { run_id } = order(unit, { rpm: 60, duration_s: 20 });
    await unit.clock.advance(5_000);
    await unit.clock.until(unit.services.stops.stopPump('a', OPERATOR));
    await unit.clock.advance(2_000);
    expect(sessionOf(unit).runs[0]).toMatchObject({ run_id, state: 'cut-short', reason: expect.any(String) });
    expect(() => measure(unit, run_id, 1)).toThrow('was not whole');
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeGreaterThan(1);
    order(unit, { rpm: 60, duration_s: 20 });
  });
});

describe('a crash', () => {
  it('in the middle of a run loses nothing and never runs it twice', async () => {
    const unit = await fresh();
    open(unit);
    const { run_id } = order(unit, { rpm: 60, duration_s: 20 });
    await unit.clock.advance(2_000);
    unit.crash();
    await unit.clock.advance(500);
    await unit.boot();
    expect(sessionOf(unit).runs).toMatchObject([{ run_id, state: 'running' }]);
    await unit.clock.advance(40_000);
    expect(sessionOf(unit).runs).toMatchObject([{ run_id, state: 'to-measure', rpm: expect.any(Number) }]);
    measure(unit, run_id, 4);
    unit.crash();
    await unit.boot();
    expect(sessionOf(unit).runs).toMatchObject([{ run_id, state: 'measured', measured_ml: 4 }]);
    await unit.clock.advance(60_000);
    expect([...unit.agent.motions]).toEqual([[run_id, 1]]);
  });

  it('long enough for the lease cuts it short, once', async () => {
    const unit = await fresh();
    open(unit);
    const { run_id } = order(unit, { rpm: 60, duration_s: 20 });
    await unit.clock.advance(2_000);
    unit.crash();
    await unit.clock.advance(60_000);
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(sessionOf(unit).runs).toMatchObject([{ run_id, state: 'cut-short' }]);
    expect([...unit.agent.motions]).toEqual([[run_id, 1]]);
  });

  it('before the agent heard of a run leaves one that did not start, and never will', async () => {
    const unit = await fresh();
    open(unit);
    unit.agent.lostRequests.add('startDose');
    order(unit, { rpm: 60, duration_s: 20 });
    unit.crash();
    await unit.clock.advance(60_000);
    unit.agent.lostRequests.clear();
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(sessionOf(unit).runs).toMatchObject([{ state: 'not-started' }]);
    expect(unit.agent.motions.size).toBe(0);
    order(unit, { rpm: 60, duration_s: 20 });
  });
});

describe('what is in use', () => {
  it('is never one whose verification failed, until it passes', async () => {
    const unit = await fresh();
    const candidate = await finished(unit);
    const check = await runWhole(unit, { verify_ml: 10 });
    measure(unit, check.run_id, 11);
    expect(() => unit.services.calibrations.activate(candidate.id, OPERATOR)).toThrow('was off by 10 %');
    expect(() => measure(unit, check.run_id, 30)).toThrow('measured_ml');
    measure(unit, (await runWhole(unit, { verify_ml: 10 })).run_id, 9.95);
    expect(unit.services.calibrations.activate(candidate.id, OPERATOR)).toMatchObject({ active: true });
  });

  it('goes back to an earlier one; both stay in the history, and doses keep theirs', async () => {
    const unit = await fresh();
    const first = await finished(unit);
    unit.services.calibrations.activate(first.id, OPERATOR);
    const dose = unit.orderAccepted('a', { volume_ml: 2 });
    await unit.clock.advance(60_000);
    const second = await finished(unit);
    unit.services.calibrations.activate(second.id, OPERATOR);
    expect(() => unit.services.calibrations.activate(second.id, OPERATOR)).toThrow('in use already');
    unit.services.calibrations.activate(first.id, OPERATOR);
    expect(stateOf(unit).items.map(({ id, active }) => [id, active])).toEqual([
      [second.id, false],
      [first.id, true],
    ]);
    expect(unit.services.doses.get(dose).calibration_id).toBe(first.id);
    expect(unit.services.pumps.get('a').calibration?.id).toBe(first.id);
    expect(unit.events().at(-1)).toMatchObject({ kind: 'pump_calibrated', data: { replaces: second.id } });
  });

  it('is not touched by a session that is ended, and one pump has one session', async () => {
    const unit = await fresh();
    const session = open(unit, 'b');
    expect(() => open(unit, 'b')).toThrow(session);
    const run = order(unit, { rpm: 60, duration_s: 20 }, undefined, 'b');
    expect(() => unit.services.calibrations.abandon('b', session)).toThrow('stop the pump first');
    await unit.clock.advance(30_000);
    unit.services.calibrations.abandon('b', session);
    expect(stateOf(unit, 'b')).toMatchObject({ session: null, items: [{ origin: 'factory', active: true }] });
    expect(() =>
      unit.services.calibrations.measure('b', session, { run_id: run.run_id, measured_ml: 3 }, OPERATOR),
    ).toThrow('is over');
    expect(() => unit.services.calibrations.finish('a', session)).toThrow('no calibration session');
  });
});

describe('a pump behind a relay', () => {
  it('is calibrated by repeats of its one speed, apart from its run of 30 s', async () => {
    const unit = await new UnitFixture({ firstPumps: [relayPump(1)] }).boot();
    open(unit, 'relay-1');
    expect(sessionOf(unit, 'relay-1').proposed).toEqual([{ rpm: null, duration_s: 30 }]);
    expect(() => ask(unit, { rpm: 60, duration_s: 30 }, undefined, 'relay-1')).toThrow('a relay has one speed');
    for (const ml of [9.9, 9.88, 9.92]) {
      const { run_id } = await runWhole(unit, { duration_s: 30 }, 'relay-1');
      expect(unit.services.dosingUnit.status().channels[0]?.calibration_run_id).toBeNull();
      measure(unit, run_id, ml, 'relay-1');
    }
    const { calibration } = unit.services.calibrations.finish('relay-1', sessionOf(unit, 'relay-1').id);
    unit.services.calibrations.activate(calibration?.id ?? '', OPERATOR);
    expect(unit.services.dosingUnit.config().channels[0]?.dosing_rate).toBeCloseTo(0.33, 9);
    expect(unit.services.dosingUnit.status().channels[0]?.dosed_today_ml).toBe(0);
  });
});

/** Looked at anew, after so long. */
async function rebooted(unit: UnitFixture, downMs: number): Promise<void> {
  unit.crash();
  await unit.clock.advance(downMs);
  await unit.boot();
}

describe('a reminder', () => {
  it('by what was given comes once, also after a restart', async () => {
    const unit = await new UnitFixture().boot();
    const due = () => unit.events().filter(({ kind, pump_id }) => kind === 'calibration_due' && pump_id === 'a');
    unit.services.calibrations.remind('a', { days: null, volume_ml: 8 }, OPERATOR);
    unit.orderAccepted('a', { volume_ml: 9 });
    await unit.clock.advance(60_000);
    await rebooted(unit, 0);
    expect(due()).toMatchObject([{ severity: 'warning', data: { reason: expect.stringContaining('9 ml') } }]);
    await rebooted(unit, 0);
    expect(due()).toHaveLength(1);
    expect(stateOf(unit)).toMatchObject({
      due: expect.stringContaining('8 ml'),
      reminder: { days: null, volume_ml: 8 },
    });
    const { pumps } = unit.services;
    expect(pumps.get('a').calibration?.due).toBe(stateOf(unit).due);
    expect(pumps.get('b').calibration?.due).toBeNull();
    unit.services.calibrations.remind('a', { days: null, volume_ml: null }, OPERATOR);
    expect(stateOf(unit).due).toBeNull();
    expect(pumps.get('a').calibration?.due).toBeNull();
  });

  it('is due after the days that were set, and never for a pump without a calibration', async () => {
    const unit = await fresh();
    unit.services.calibrations.remind('b', { days: 0.01, volume_ml: null }, OPERATOR);
    await rebooted(unit, 15 * 60_000);
    const { used, due } = stateOf(unit, 'b');
    expect(used?.days).toBeGreaterThan(0.01);
    expect(due).toContain('measured again after 0.01');
    expect(stateOf(unit).used).toBeNull();
    expect(
      unit
        .events()
        .filter(({ kind }) => kind === 'calibration_due')
        .map(({ pump_id }) => pump_id),
    ).toEqual(['b']);
    unit.services.pumps.create(newPumpInput('c'), OPERATOR);
    expect(stateOf(unit, 'c').reminder).toEqual({ days: 90, volume_ml: null });
  });
});
