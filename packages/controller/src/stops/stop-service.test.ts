// Proves that stops get through, are kept, and that nothing moves after them until a new order (P17, I12).
import { isPeristaError, PeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';

async function busy() {
  const unit = await new UnitFixture().boot();
  const running = unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
  const waiting = unit.orderAccepted('a', { volume_ml: 5 });
  await unit.clock.advance(5_000);
  return { unit, running, waiting, state: (doseId: string) => unit.services.doses.get(doseId).state };
}

/** Transactions fail while the disk is broken. */
const breakingWith =
  (disk: { readonly isBroken: boolean }) =>
  (store: Store): Store => ({
    all: (...args) => store.all(...args),
    get: (...args) => store.get(...args),
    run: (...args) => store.run(...args),
    transaction: (work) => {
      if (disk.isBroken) throw new PeristaError('E301');
      return store.transaction(work);
    },
    close: () => store.close(),
  });

describe('the stop of a pump', () => {
  it('ends what runs and what waits, and nothing moves until a new order', async () => {
    const { unit, running, waiting, state } = await busy();
    const outcome = await unit.clock.until(unit.services.stops.stopPump('a', OPERATOR));
    expect(outcome).toEqual({ at_rest: ['a'], unproven: [] });
    await unit.clock.advance(60_000);
    expect([state(running), state(waiting)]).toEqual(['partial', 'cancelled']);
    expect(unit.agent.motions.size).toBe(1);
    unit.orderAccepted('a', { volume_ml: 1 });
    await unit.clock.advance(1_000);
    expect(unit.agent.running).toHaveLength(1);
  });

  it('under a key is carried out once: a repetition does not stop what came after', async () => {
    const { unit } = await busy();
    const { stops } = unit.services;
    const first = await unit.clock.until(stops.stopPump('a', OPERATOR, 's1'));
    await unit.clock.advance(1_000);
    unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(1_000);
    expect(await stops.stopPump('a', OPERATOR, 's1')).toEqual(first);
    await unit.clock.advance(1_000);
    expect(unit.agent.running).toHaveLength(1);
  });

  it('that cannot be proven says so, and the lease ends the dose', async () => {
    const { unit, running, waiting, state } = await busy();
    unit.agent.lostRequests.add('stopDose');
    const outcome = await unit.clock.until(unit.services.stops.stopPump('a', OPERATOR));
    expect(outcome).toEqual({ at_rest: [], unproven: ['a'] });
    await unit.clock.advance(2_000);
    expect([state(running), state(waiting)]).toEqual(['partial', 'cancelled']);
  });

  it('that crosses with START keeps the dose from starting later', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostRequests.add('startDose');
    const doseId = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.until(unit.services.stops.stopPump('a', OPERATOR));
    unit.agent.lostRequests.clear();
    await unit.clock.advance(20_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'cancelled', hi_ml: 0 });
    expect(unit.agent.motions.size).toBe(0);
  });

  it('of a pump that is not there is E404', async () => {
    const unit = await new UnitFixture().boot();
    await expect(unit.services.stops.stopPump('nope', OPERATOR)).rejects.toThrow('There is no pump');
  });
});

describe('the emergency stop', () => {
  it('stops all, refuses orders, survives restarts of both sides, and goes only by release', async () => {
    const { unit, running, waiting, state } = await busy();
    const stop = await unit.clock.until(unit.services.stops.engage(OPERATOR, 'smoke'));
    expect(stop).toMatchObject({
      latched: true,
      actor: 'ola',
      reason: 'smoke',
      outcome: { at_rest: ['a', 'b'], unproven: [] },
    });
    await unit.clock.advance(1_000);
    expect([state(running), state(waiting)]).toEqual(['partial', 'cancelled']);
    unit.crash();
    unit.agent.restart();
    await unit.boot();
    expect(unit.services.stops.state()).toEqual(stop);
    expect(unit.agent.isLatched).toBe(true);
    const refused = unit.order('b', { volume_ml: 5 });
    expect(refused.kind === 'refused' && refused.refusal.code).toBe('E430');
    expect(unit.services.pumps.get('b')).toMatchObject({ state: 'stopped', blocked_by: [{ code: 'E430' }] });
    expect(unit.services.health.read().status).toBe('ok');
    await unit.clock.until(unit.services.stops.release(OPERATOR, 'a toaster'));
    expect(unit.agent.isLatched).toBe(false);
    // The first news of a pump after the release comes with what was last known of the agent.
    unit.orderAccepted('b', { volume_ml: 5 });
    await unit.clock.advance(3_000);
    expect(unit.services.stops.state().latched).toBe(false);
    expect(unit.agent.running).toHaveLength(1);
    expect(unit.kinds().filter((kind) => kind.startsWith('emergency'))).toEqual([
      'emergency_stop',
      'emergency_stop_released',
    ]);
  });

  it('without an agent is latched all the same, proves nothing, and reaches the agent when it is back', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.kill();
    const stop = await unit.clock.until(unit.services.stops.engage(OPERATOR));
    expect(stop).toMatchObject({ latched: true, outcome: { at_rest: [], unproven: ['a', 'b'] } });
    await expect(unit.clock.until(unit.services.stops.release(OPERATOR, 'ok'))).rejects.toThrow();
    expect(unit.services.stops.state().latched).toBe(true);
    unit.agent.lostRequests.add('stopAll');
    unit.agent.restart();
    await unit.clock.advance(3_000);
    expect(unit.agent.isLatched).toBe(true);
  });

  it('that got lost on the way is sent again', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostRequests.add('stopAll');
    const engaged = unit.services.stops.engage(OPERATOR);
    await unit.clock.advance(500);
    unit.agent.lostRequests.clear();
    await unit.clock.advance(1_500);
    expect(unit.agent.isLatched).toBe(true);
    await unit.clock.until(engaged);
  });

  it('that the agent holds latches the controller too', async () => {
    const unit = await new UnitFixture().boot();
    await unit.clock.until(unit.services.stops.engage(OPERATOR));
    unit.store.run(`DELETE FROM facts WHERE name = 'emergency_stop'`);
    unit.crash();
    await unit.boot();
    expect(unit.services.stops.state()).toMatchObject({ latched: true, actor: 'agent' });
  });

  it('stops the pumps and blocks orders even if it cannot be recorded, and does not pretend that it was', async () => {
    const disk = { isBroken: false };
    const unit = await new UnitFixture({ wrapStore: breakingWith(disk) }).boot();
    unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    const waiting = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(5_000);
    disk.isBroken = true;
    const failure = await unit.clock.until(unit.services.stops.engage(OPERATOR).catch((error: unknown) => error));
    expect(isPeristaError(failure, 'E301')).toBe(true);
    expect([unit.agent.running, unit.agent.isLatched]).toEqual([[], true]);
    disk.isBroken = false;
    const refused = unit.order('b', { volume_ml: 5 });
    expect(refused.kind === 'refused' && refused.refusal.code).toBe('E430');
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(waiting)).toMatchObject({ state: 'cancelled', code: 'E430' });
    unit.crash();
    await unit.boot();
    expect(unit.services.stops.state()).toMatchObject({ latched: true, actor: 'ola' });
    const told = unit.services.events.list({ kind: 'emergency_stop', limit: 9 }).items;
    expect(told).toHaveLength(1);
  });

  it('that could not be recorded and is released lets nothing start that waited through it', async () => {
    const disk = { isBroken: false };
    const unit = await new UnitFixture({ wrapStore: breakingWith(disk) }).boot();
    unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    const waiting = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(5_000);
    disk.isBroken = true;
    await unit.clock.until(unit.services.stops.engage(OPERATOR).catch(() => null));
    disk.isBroken = false;
    await unit.clock.until(unit.services.stops.release(OPERATOR, 'smoke gone'));
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(waiting)).toMatchObject({ state: 'cancelled', code: 'E430' });
    expect(unit.agent.motions.size).toBe(1);
  });

  it('that is not latched cannot be released', async () => {
    const unit = await new UnitFixture().boot();
    await expect(unit.services.stops.release(OPERATOR, 'x')).rejects.toThrow('is not latched');
  });
});
