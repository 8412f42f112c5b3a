// Proves that after any crash a dose is asked for, found, and never given a second time (P15, I3, I4, I10).
import { describe, expect, it } from 'vitest';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';

/** A unit with a dose of 20 ml in 60 s under way for 5 s. */
async function running() {
  const unit = await new UnitFixture().boot();
  const doseId = unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
  await unit.clock.advance(5_000);
  return { unit, doseId, dose: () => unit.services.doses.get(doseId) };
}

describe('a controller that crashes', () => {
  it('and is back within the lease adopts the dose, which ends as ordered', async () => {
    const { unit, doseId, dose } = await running();
    unit.crash();
    await unit.clock.advance(2_000);
    await unit.boot();
    expect(dose().state).toBe('running');
    await unit.clock.advance(60_000);
    expect(dose()).toMatchObject({ state: 'done', delivered_ml: unit.agent.givenMl.get(doseId) });
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });

  it('and is back within the lease keeps the dose alive first, however long the agent takes to tell of old ones', async () => {
    const { unit, doseId } = await running();
    unit.crash();
    await unit.clock.advance(2_000);
    unit.agent.lostReplies.add('recall');
    await unit.boot();
    await unit.clock.advance(6_000);
    expect(unit.agent.running).toEqual([doseId]);
  });

  it('does not beat for a dose that was told to stop, and asks after it once while its board is silent', async () => {
    const { unit, doseId, dose } = await running();
    unit.agent.lostRequests.add('stopDose');
    unit.services.doses.cancel(doseId, OPERATOR).catch(() => {});
    unit.agent.isBoardSilent = true;
    unit.agent.isEndLost = true;
    unit.crash();
    await unit.boot();
    unit.agent.requests.length = 0;
    await unit.clock.advance(20_000);
    expect(unit.agent.requests.map(({ kind }) => kind)).toEqual([]);
    unit.agent.isEndLost = false;
    await unit.clock.advance(2_000);
    expect(dose()).toMatchObject({ state: 'partial', delivered_ml: unit.agent.givenMl.get(doseId) });
  });

  it('and stays away longer finds the measured part that was given', async () => {
    const { unit, doseId, dose } = await running();
    unit.crash();
    await unit.clock.advance(10_000);
    await unit.boot();
    expect(dose()).toMatchObject({ state: 'partial', code: 'E206', delivered_ml: unit.agent.givenMl.get(doseId) });
    await unit.clock.advance(120_000);
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });

  it('takes a new epoch before it uses it', async () => {
    const { unit } = await running();
    unit.crash();
    await unit.boot();
    const epochs = unit.agent.requests.map(({ epoch }) => epoch).filter((epoch) => epoch > 0n);
    expect(epochs.at(-1)).toBe(2n);
    expect(epochs).toEqual(epochs.toSorted());
  });

  it('between the intent and START starts the dose afterwards, once', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostRequests.add('startDose');
    const doseId = unit.orderAccepted('a', { volume_ml: 5 });
    unit.crash();
    unit.agent.lostRequests.clear();
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(unit.services.doses.get(doseId).state).toBe('done');
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });
});

describe('an agent', () => {
  it('that dies and comes back tells what was given', async () => {
    const { unit, doseId, dose } = await running();
    unit.agent.kill();
    await unit.clock.advance(20_000);
    expect(dose()).toMatchObject({ state: 'running', lo_ml: 0, delivered_ml: null, progress: null });
    expect(dose().hi_ml).toBeCloseTo(20, 3);
    expect(unit.services.pumps.get('a')).toMatchObject({ state: 'blocked', blocked_by: [{ code: 'E201' }] });
    unit.agent.restart();
    await unit.clock.advance(2_000);
    expect(dose()).toMatchObject({ state: 'partial', delivered_ml: unit.agent.givenMl.get(doseId) });
    expect(dose().reason).toContain('cut off');
  });

  it('whose answer to START is lost is asked, and the dose goes on', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostReplies.add('startDose');
    const doseId = unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    await unit.clock.advance(10_000);
    expect(unit.services.doses.get(doseId).state).toBe('running');
    await unit.clock.advance(60_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'done' });
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });

  it('that never got START is asked under a new epoch, and the dose starts within its window', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostRequests.add('startDose');
    const doseId = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(4_000);
    unit.agent.lostRequests.clear();
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(doseId).state).toBe('running');
    await unit.clock.advance(30_000);
    expect(unit.services.doses.get(doseId).state).toBe('done');
  });

  it('that gets no START within the window leaves a missed dose with the reason, and its budget', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.kill();
    await unit.clock.advance(4_000);
    const doseId = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(29_000);
    expect(unit.services.doses.get(doseId).state).toBe('accepted');
    await unit.clock.advance(2_000);
    const dose = unit.services.doses.get(doseId);
    expect(dose).toMatchObject({ state: 'missed', code: 'E434', hi_ml: 0, delivered_ml: 0 });
    expect(dose.reason).toContain('agent, which drives the pumps, cannot be reached');
    expect(unit.kinds().at(-1)).toBe('dose_missed');
    unit.agent.restart();
    await unit.clock.advance(60_000);
    expect(unit.agent.motions.size).toBe(0);
    expect(unit.services.pumps.get('a').remaining_ml.hour).toBe(200);
  });

  it('that died unnoticed before START leaves the dose open and charged until it can be asked', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.kill();
    const doseId = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(60_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'accepted', lo_ml: 0, delivered_ml: null });
    expect(unit.services.pumps.get('a').remaining_ml.hour).toBeCloseTo(195, 3);
    unit.agent.restart();
    await unit.clock.advance(2_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'missed', hi_ml: 0 });
    expect(unit.agent.motions.size).toBe(0);
  });

  it('that lost its journal leaves the dose uncertain and the pump held', async () => {
    const { unit, dose } = await running();
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.restart();
    await unit.clock.advance(5_000);
    expect(dose()).toMatchObject({ state: 'uncertain', code: 'E302', lo_ml: 0, delivered_ml: null });
    expect(dose().hi_ml).toBeGreaterThanOrEqual(20);
    const next = unit.order('a', { volume_ml: 5 });
    expect(next.kind === 'refused' && next.refusal.reason).toBe('held');
    await unit.clock.until(unit.services.pumps.release('a', 'looked at the vessel', { name: 'ola', role: 'operator' }));
    expect(unit.order('a', { volume_ml: 5 }).kind).toBe('accepted');
  });

  it('that lost its journal is not believed later either, when the first question to it was lost', async () => {
    const { unit, dose } = await running();
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.lostRequests.add('query');
    unit.agent.restart();
    await unit.clock.advance(5_000);
    unit.crash();
    unit.agent.lostRequests.clear();
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(dose()).toMatchObject({ state: 'uncertain', lo_ml: 0 });
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });

  it('that lost its journal between its two first answers is not believed', async () => {
    const { unit, dose } = await running();
    unit.agent.replyDelayMs = 600;
    unit.crash();
    await unit.boot();
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.restart();
    await unit.clock.advance(60_000);
    expect(dose()).toMatchObject({ state: 'uncertain', lo_ml: 0 });
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });

  it('that lost its journal takes no epoch on the word of the run before, and so is still found out', async () => {
    const { unit, dose } = await running();
    unit.agent.replyDelayMs = 600;
    unit.crash();
    await unit.boot();
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.restart();
    await unit.clock.advance(800);
    unit.crash();
    unit.agent.replyDelayMs = 0;
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(dose()).toMatchObject({ state: 'uncertain', lo_ml: 0 });
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });

  it('that answers late, twice, and tells END again and again changes nothing twice', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.repliesTwice = true;
    unit.agent.replyDelayMs = 300;
    const doseId = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(30_000);
    for (let times = 0; times < 3; times++) {
      unit.agent.repeatEnds();
      await unit.clock.advance(100);
    }
    expect(unit.services.doses.get(doseId).state).toBe('done');
    expect(unit.kinds().filter((kind) => kind === 'dose_settled')).toHaveLength(1);
    expect(unit.services.pumps.get('a').container.level_ml).toBeCloseTo(4_995, 3);
    expect(unit.unit.agent.counters.late).toBeGreaterThan(0);
  });

  it('whose END is lost tells it again until it is confirmed', async () => {
    const { unit, dose } = await running();
    unit.agent.isEndLost = true;
    await unit.clock.advance(58_000);
    expect(dose().state).toBe('running');
    unit.agent.isEndLost = false;
    await unit.clock.advance(1_500);
    expect(dose().state).toBe('done');
  });

  it('that refuses START for good ends the dose as refused, with nothing given', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.refusal = { code: 'E422', message: 'The cap is over the own limit' };
    const doseId = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(1_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'refused',
      code: 'E422',
      hi_ml: 0,
      delivered_ml: 0,
    });
  });

  it.each([
    ['another dose is not over', 'E207'],
    ['its board did not answer', 'E101'],
  ] as const)('that cannot begin just now, because %s, is asked again', async (message, code) => {
    const unit = await new UnitFixture().boot();
    unit.agent.refusal = { code, message };
    const doseId = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(3_000);
    unit.agent.refusal = null;
    await unit.clock.advance(1_000);
    expect(unit.services.doses.get(doseId).state).toBe('running');
  });

  it('that remembers a dose which the ledger lost has it booked', async () => {
    const { unit, doseId } = await running();
    unit.store.run('DELETE FROM doses WHERE dose_id = ?', doseId);
    await unit.clock.advance(120_000);
    const given = unit.agent.givenMl.get(doseId) ?? -1;
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'done', delivered_ml: given });
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeCloseTo(given, 6);
    expect(unit.kinds()).toContain('dose_found');
  });

  it('that gave a dose which was refused while an older ledger was back has it charged', async () => {
    const { unit, doseId, dose } = await running();
    const ended = `state = 'refused', planned_hi_ml = 0, lo_ml = 0, hi_ml = 0, delivered_ml = 0, ended_at_ms = 1`;
    unit.store.run(`UPDATE doses SET ${ended} WHERE dose_id = ?`, doseId);
    await unit.clock.advance(120_000);
    const given = unit.agent.givenMl.get(doseId) ?? -1;
    expect(given).toBeGreaterThan(0);
    expect(dose()).toMatchObject({ state: 'done', hi_ml: given });
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeCloseTo(given, 6);
  });
});

describe('a ledger that is older than what the agent remembers', () => {
  it('is filled up from the agent, each dose at its age, before anything may start', async () => {
    const unit = await new UnitFixture().boot();
    const before = unit.orderAccepted('a', { volume_ml: 90, duration_s: 300 });
    await unit.clock.advance(400_000);
    const last = unit.orderAccepted('a', { volume_ml: 90, duration_s: 300 });
    await unit.clock.advance(400_000);
    unit.crash();
    unit.loseDatabase();
    unit.start();
    const early = unit.orderAccepted('a', { volume_ml: 90 });
    await unit.clock.advance(1_000);

    expect(unit.services.doses.get(before).hi_ml).toBe(unit.agent.givenMl.get(before));
    expect(unit.services.doses.get(last).hi_ml).toBe(unit.agent.givenMl.get(last));
    expect(unit.services.doses.get(early)).toMatchObject({ state: 'refused', code: 'E424', hi_ml: 0 });
    expect(unit.order('a', { volume_ml: 90 })).toMatchObject({ refusal: { reason: 'hour-cap' } });

    await unit.clock.advance(3_600_000 - 500_000);
    expect(unit.order('a', { volume_ml: 90 }).kind).toBe('accepted');
    expect(unit.order('a', { volume_ml: 90 }).kind).toBe('refused');
  });

  it('is filled up page by page', async () => {
    const unit = await new UnitFixture().boot();
    for (let order = 0; order < 120; order++) {
      unit.orderAccepted('a', { volume_ml: 1, duration_s: 4 });
      await unit.clock.advance(5_000);
    }
    unit.crash();
    unit.loseDatabase();
    unit.agent.requests.length = 0;
    await unit.boot();
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeCloseTo(120, 0);
    expect(unit.agent.requests.filter(({ kind }) => kind === 'recall')).toHaveLength(3);
    expect(unit.kinds().filter((kind) => kind === 'dose_found')).toHaveLength(120);
  });

  it('lets go of a dose that it has still open and that is settled for its agent', async () => {
    const { unit, doseId, dose } = await running();
    unit.agent.isEndLost = true;
    unit.crash();
    await unit.clock.advance(10_000);
    await unit.boot();
    expect(dose()).toMatchObject({ state: 'partial', delivered_ml: unit.agent.givenMl.get(doseId) });
    expect(unit.kinds()).not.toContain('dose_found');
    unit.agent.requests.length = 0;
    await unit.clock.advance(10_000);
    expect(unit.agent.requests).toEqual([]);
  });

  it('learns of the dose that the agent is at, though it had not sent it yet, and can stop it', async () => {
    const { unit, doseId, dose } = await running();
    const before = `state = 'queued', sent_epoch = NULL, started_at_ms = NULL`;
    unit.store.run(`UPDATE doses SET ${before} WHERE dose_id = ?`, doseId);
    unit.store.run("UPDATE facts SET value = '0' WHERE name = 'epoch'");
    unit.store.run("UPDATE pumps SET enabled = 0 WHERE pump_id = 'a'");
    unit.crash();
    await unit.boot();
    expect(dose().state).toBe('running');
    await unit.clock.until(unit.services.doses.cancel(doseId, OPERATOR));
    expect(unit.agent.running).toEqual([]);
    const given = unit.agent.givenMl.get(doseId) ?? 0;
    expect(given).toBeGreaterThan(1);
    expect(dose()).toMatchObject({ state: 'partial', lo_ml: given, hi_ml: given });
  });

  it('counts a dose in reverse, which took nothing from the container', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 20, duration_s: 60, direction: 'reverse' });
    await unit.clock.advance(70_000);
    unit.crash();
    unit.loseDatabase();
    await unit.boot();
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'done', direction: 'reverse' });
    expect(unit.services.pumps.get('a')).toMatchObject({ container: { level_ml: 5_000 } });
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeCloseTo(20, 3);
  });

  it('knows a prime of a pump without a calibration by what it gave at most', async () => {
    const unit = await new UnitFixture({ firstPumps: [{ ...firstPump('a'), calibrationRuns: [] }] }).boot();
    const outcome = unit.services.doses.prime({ pumpId: 'a', request: { max_s: 60 }, actor: OPERATOR });
    const doseId = outcome.kind === 'accepted' ? outcome.answer.dose_id : '';
    await unit.clock.advance(5_000);
    unit.crash();
    unit.loseDatabase();
    await unit.boot();
    const given = unit.agent.givenMl.get(doseId) ?? 0;
    expect(given).toBeGreaterThan(0);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      cause: 'prime',
      lo_ml: 0,
      hi_ml: given,
      delivered_ml: null,
    });
  });
});
