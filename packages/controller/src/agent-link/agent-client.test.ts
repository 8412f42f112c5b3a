// Proves that orders go out under one new session at a time, each with its deadline, and that a lost agent is noticed
// (P6, P15, P17).
import { describe, expect, it } from 'vitest';
import { UnitFixture } from '../unit-fixture.ts';

describe('the agent link', () => {
  it('asks for the highest epoch first, and then takes a higher one', async () => {
    const unit = await new UnitFixture().boot();
    expect(unit.agent.requests.slice(0, 2)).toEqual([
      { kind: 'hello', epoch: 0n },
      { kind: 'hello', epoch: 1n },
    ]);
    expect(unit.kinds()).toContain('agent_connected');
  });

  it('takes an epoch above all it ever took, also towards an agent that has forgotten them', async () => {
    const unit = await new UnitFixture().boot();
    unit.crash();
    unit.agent.kill();
    unit.agent.forget();
    unit.agent.restart();
    await unit.boot();
    expect(unit.agent.requests.at(-1)?.epoch).toBe(2n);
  });

  it('is silent while no dose is open, and beats twice a second while one is', async () => {
    const unit = await new UnitFixture().boot();
    await unit.clock.advance(10_000);
    const beats = () => unit.agent.requests.filter(({ kind }) => kind === 'beat').length;
    expect(beats()).toBe(0);
    unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(10_000);
    expect(beats()).toBeGreaterThanOrEqual(19);
    await unit.clock.advance(20_000);
    const after = beats();
    await unit.clock.advance(10_000);
    expect(beats()).toBe(after);
  });

  it('finds an agent lost that was not heard for three seconds, says so, and finds it again', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.kill();
    await unit.clock.advance(2_000);
    expect(unit.services.health.read().status).toBe('ok');
    await unit.clock.advance(1_100);
    expect(unit.services.health.read()).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringContaining('E201')],
    });
    await unit.clock.advance(60_000);
    unit.agent.restart();
    await unit.clock.advance(1_000);
    expect(unit.services.health.read()).toEqual({ status: 'ok', reasons: [], version: '1.2.3' });
    expect(unit.kinds().filter((kind) => kind.startsWith('agent_'))).toEqual([
      'agent_connected',
      'agent_lost',
      'agent_connected',
    ]);
  });

  it('notices a quick restart of the agent by its session, and its doses start again', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.restart();
    const doseId = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(2_000);
    expect(unit.services.doses.get(doseId).state).toBe('running');
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });

  it('never has the agent begin after its deadline', async () => {
    const unit = await new UnitFixture().boot();
    const order = {
      doseId: 'late',
      pumpId: 'a',
      motion: { pulses: 100, direction: 1, durationMs: 1000, minCode: 1, maxCode: 1 },
      mlPerRev: 0.18,
      leaseMs: 3000,
    };
    await expect(unit.clock.until(unit.unit.agent.startDose(order, -1))).rejects.toMatchObject({ code: 'E204' });
    expect(unit.agent.motions.size).toBe(0);
  });

  it('names an agent of another version, and orders wait for one that fits', async () => {
    const unit = new UnitFixture();
    unit.agent.protocolVersionShift = 1;
    await unit.boot();
    await unit.clock.advance(5_000);
    const { reasons } = unit.services.health.read();
    expect(reasons).toEqual([expect.stringContaining('E202')]);
    expect(reasons[0]).toContain('install the same release of Perista on both');
    const doseId = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    unit.agent.protocolVersionShift = 0;
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(doseId).state).toBe('running');
  });

  it('gives up a request that is not answered and makes a new socket', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostReplies.add('query');
    const asked = unit.unit.agent.query('x').catch((error: unknown) => error);
    expect(await unit.clock.until(asked)).toMatchObject({ code: 'E201' });
    await unit.clock.advance(1_000);
    expect(unit.unit.agent.counters.sessions).toBe(2);
    expect(unit.unit.agent.isReady).toBe(true);
  });
});
