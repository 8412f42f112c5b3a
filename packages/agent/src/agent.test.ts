// Proves the life of a dose in the real agent: one motion, an exact record, and events until the controller confirms
// (P9, P13, I2).
import { EndCause, PumpActivity } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { AgentRig, ML_PER_REV, query, startDose } from './fakes/fake-rig.ts';

async function openRig(): Promise<AgentRig> {
  const rig = new AgentRig();
  await rig.start();
  await rig.open();
  return rig;
}

describe('a dose', () => {
  it('moves once, by exactly what was ordered, and is recorded', async () => {
    const rig = await openRig();
    const reply = await rig.ask(startDose('d1', 'p1'));
    expect(reply).toMatchObject({ case: 'startDose', value: { kind: { case: 'started' } } });
    await rig.clock.advance(5000);

    expect(rig.pump().revolutions).toBeCloseTo(2, 6);
    const record = await rig.record('d1');
    expect(record).toMatchObject({ cause: EndCause.TARGET, faultCode: '', revolutions: 2 });
    expect(record.loMl).toBeCloseTo(2 * ML_PER_REV, 9);
    expect(record.hiMl).toBe(record.loMl);
    expect(record.durationMs).toBeCloseTo(2000, -2);
    expect(rig.bugs).toEqual([]);
  });

  it('is running while it runs, by what the encoder has shown', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1'));
    await rig.clock.advance(1200);
    const reply = await rig.ask(query('d1'));
    expect(reply).toMatchObject({ case: 'query', value: { kind: { case: 'running', value: { doseId: 'd1' } } } });
    const progress = rig.controller.heard('doseProgress');
    expect(progress.length).toBeGreaterThanOrEqual(2);
    expect(progress.every((one) => one.deliveredMl <= rig.trueMl() + 1e-9)).toBe(true);
  });

  it('is announced each second until the controller confirms it, also by the next agent', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1'));
    await rig.clock.advance(6000);
    expect(rig.controller.heard('doseEnded').length).toBeGreaterThanOrEqual(3);

    await rig.stop();
    const next = rig.successor();
    await next.start();
    await next.live(next.controller.hello(2n));
    await next.clock.advance(2500);
    expect(next.controller.heard('doseEnded').length).toBeGreaterThanOrEqual(2);

    await next.ask({ case: 'confirm', value: { doseIds: ['d1', 'never-heard-of'] } });
    const heard = next.controller.heard('doseEnded').length;
    await next.clock.advance(3000);
    expect(next.controller.heard('doseEnded').length).toBe(heard);
    expect((await next.record('d1')).cause).toBe(EndCause.TARGET);
  });

  it('tells the pump state as it changes', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1'));
    await rig.clock.advance(4000);
    const activities = rig.controller.heard('pumpState').map((state) => state.activity);
    expect(activities).toEqual([PumpActivity.IDLE, PumpActivity.RUNNING, PumpActivity.IDLE]);
  });

  it('in reverse is counted against the encoder', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1', { direction: 'reverse' }));
    await rig.clock.advance(5000);
    expect(rig.pump().revolutions).toBeCloseTo(-2, 6);
    expect(await rig.record('d1')).toMatchObject({ cause: EndCause.TARGET, revolutions: 2 });
  });
});

describe('the end of the agent', () => {
  it('stops and records what runs, and lets nothing begin meanwhile', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1'));
    await rig.clock.advance(900);
    await rig.stop();
    expect(rig.pump().isMoving).toBe(false);
    expect(rig.drivers.get('p1')?.calls.at(-1)).toBe('close');

    const next = rig.successor();
    await next.start();
    await next.live(next.controller.hello(2n));
    const record = await next.record('d1');
    expect(record.cause).toBe(EndCause.STOP);
    expect(record.loMl).toBeCloseTo(rig.trueMl(), 3);
    expect(record.hiMl).toBe(record.loMl);
  });
});
