// Proves that every way to stop stops: at once, measured, recorded with its cause, and without motion afterwards (P12,
// P17, I12, I13).
import { AssertionError } from '@perista/core';
import { EndCause, PumpActivity } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { FakePump } from './fakes/fake-pump.ts';
import { AgentRig, ML_PER_REV, startDose, virtualClock } from './fakes/fake-rig.ts';

async function dosingRig(changes: Parameters<typeof startDose>[2] = {}): Promise<AgentRig> {
  const rig = new AgentRig();
  await rig.start();
  await rig.open();
  await rig.ask(startDose('d1', 'p1', changes));
  await rig.clock.advance(700);
  expect(rig.pump().isMoving).toBe(true);
  return rig;
}

async function expectPartial(rig: AgentRig, cause: EndCause): Promise<void> {
  const given = rig.trueMl();
  await rig.clock.advance(3000);
  expect(rig.trueMl()).toBe(given);
  const record = await rig.record('d1');
  expect(record.cause).toBe(cause);
  expect(record.loMl).toBeCloseTo(given, 4);
  expect(record.hiMl).toBe(record.loMl);
  expect(given).toBeLessThan(2 * ML_PER_REV);
}

describe('StopDose', () => {
  it('stops the dose that it names, under any epoch, and answers when the shaft rests', async () => {
    const rig = await dosingRig();
    const asked = rig.clock.monotonicMs();
    const reply = await rig.ask(
      { case: 'stopDose', value: { pumpId: 'p1', doseId: 'd1' } },
      { epoch: 0n, session: '' },
    );
    expect(reply).toMatchObject({ case: 'stop', value: { atRest: ['p1'], unproven: [] } });
    expect(rig.clock.monotonicMs() - asked).toBeLessThan(50);
    await expectPartial(rig, EndCause.STOP);
  });

  it('leaves a dose alone that it does not name', async () => {
    const rig = await dosingRig();
    const reply = await rig.ask({ case: 'stopDose', value: { pumpId: 'p1', doseId: 'd0' } });
    expect(reply).toMatchObject({ case: 'stop', value: { atRest: [], unproven: [] } });
    await rig.clock.advance(4000);
    expect((await rig.record('d1')).cause).toBe(EndCause.TARGET);
  });

  it('before motion leaves no trace: START fails and the id is unknown', async () => {
    const rig = new AgentRig();
    await rig.start();
    await rig.open();
    const started = rig.controller.ask(startDose('d1', 'p1'));
    await rig.clock.advance(1);
    await rig.ask({ case: 'stopDose', value: { pumpId: 'p1', doseId: 'd1' } });
    expect(await rig.live(started)).toMatchObject({ case: 'failure', value: { code: 'E207' } });
    await rig.clock.advance(3000);
    expect(rig.pump().motions).toBe(0);
  });
});

describe('emergency stop', () => {
  it('stops all pumps at once, latches, blocks START, survives restarts, and is lifted by ReleaseStop', async () => {
    const clock = virtualClock();
    const rig = new AgentRig({ clock, pumps: new Map(['a', 'b'].map((id) => [id, new FakePump(clock)])) });
    await rig.start();
    await rig.open();
    await rig.ask(startDose('d1', 'a'));
    await rig.ask(startDose('d2', 'b'));
    await rig.clock.advance(600);
    const asked = rig.clock.monotonicMs();
    const reply = await rig.ask({ case: 'stopAll', value: {} }, { epoch: 0n, session: '' });
    expect(reply).toMatchObject({ case: 'stop', value: { atRest: ['a', 'b'] } });
    expect(rig.clock.monotonicMs() - asked).toBeLessThan(20);
    await rig.clock.advance(500);
    for (const doseId of ['d1', 'd2']) expect((await rig.record(doseId)).cause).toBe(EndCause.EMERGENCY_STOP);
    expect(await rig.refusal(startDose('d3', 'a'))).toBe('E430');

    rig.kill();
    const next = rig.successor();
    await next.start();
    expect((await next.live(next.controller.hello(2n))).state?.emergencyStop).toBe(true);
    expect(await next.refusal(startDose('d3', 'a'))).toBe('E430');
    expect(await next.refusal({ case: 'releaseStop', value: {} }, { epoch: 1n })).toBe('E203');
    expect(await next.ask({ case: 'releaseStop', value: {} })).toMatchObject({ case: 'done' });
    expect(await next.ask(startDose('d3', 'a'))).toMatchObject({ value: { kind: { case: 'started' } } });
  });

  it('comes with a Hello of a latched controller too', async () => {
    const rig = await dosingRig();
    const reply = await rig.live(rig.controller.hello(2n, true));
    expect(reply.state?.emergencyStop).toBe(true);
    await rig.clock.advance(100);
    await expectPartial(rig, EndCause.EMERGENCY_STOP);
    expect(await rig.refusal(startDose('d2', 'p1'))).toBe('E430');
  });

  it('tells which pumps could not be seen at rest', async () => {
    const clock = virtualClock();
    const rig = new AgentRig({ clock, pumps: new Map(['a', 'b'].map((id) => [id, new FakePump(clock)])) });
    await rig.start();
    await rig.open();
    rig.pump('b').isUnplugged = true;
    expect(await rig.ask({ case: 'stopAll', value: {} })).toMatchObject({ value: { atRest: ['a'], unproven: ['b'] } });
  });
});

describe('the lease', () => {
  it('stops the dose within 100 ms of its loss', async () => {
    const rig = await dosingRig({ leaseMs: 1000 });
    await rig.clock.advance(300 + 100);
    expect(rig.pump().isMoving).toBe(false);
    await expectPartial(rig, EndCause.LEASE_LOST);
  });

  it('is kept alive by beats, also of a controller that has just restarted', async () => {
    const rig = await dosingRig({ leaseMs: 1000, durationMs: 5000 });
    await rig.live(rig.controller.hello(2n));
    for (let beats = 0; beats < 12; beats++) {
      await rig.ask({ case: 'beat', value: { doseIds: ['d1'], leaseMs: 1000 } });
      await rig.clock.advance(500);
    }
    expect((await rig.record('d1')).cause).toBe(EndCause.TARGET);
  });

  it('of a prime lasts as long as its button is held, whatever other doses are kept alive', async () => {
    const clock = virtualClock();
    const rig = new AgentRig({ clock, pumps: new Map(['a', 'b'].map((id) => [id, new FakePump(clock)])) });
    await rig.start();
    await rig.open();
    await rig.ask(startDose('dose', 'a', { durationMs: 8000, leaseMs: 3000 }));
    await rig.ask(startDose('prime', 'b', { durationMs: 8000, leaseMs: 1000, capMs: 8000 }));
    const beat = (doseId: string, leaseMs: number) => rig.ask({ case: 'beat', value: { doseIds: [doseId], leaseMs } });
    for (let beats = 0; beats < 5; beats++) {
      await beat('dose', 3000);
      await beat('prime', 1000);
      await rig.clock.advance(400);
    }
    expect(rig.pump('b').isMoving).toBe(true);
    await beat('dose', 3000);
    await rig.clock.advance(700);
    expect(rig.pump('b').isMoving).toBe(false);
    expect((await rig.record('prime')).cause).toBe(EndCause.LEASE_LOST);
    const given = rig.trueMl('b');
    await beat('prime', 1000);
    await rig.clock.advance(500);
    expect(rig.trueMl('b')).toBe(given);
    expect(rig.controller.heard('doseProgress').at(-1)?.doseId).toBe('dose');
  });

  it('is not renewed past the deadline of a beat, which may have lain in a socket since, nor made shorter by one', async () => {
    const rig = await dosingRig({ leaseMs: 1000, durationMs: 5000 });
    const nowMs = rig.clock.monotonicMs();
    for (const leftMs of [800, 100, -500]) {
      const value = { doseIds: ['d1'], leaseMs: 1000 };
      await rig.ask({ case: 'beat', value }, { deadlineMs: nowMs + leftMs });
    }
    await rig.clock.advance(600);
    expect(rig.pump().isMoving).toBe(true);
    await rig.clock.advance(400);
    expect(rig.pump().isMoving).toBe(false);
    await expectPartial(rig, EndCause.LEASE_LOST);
  });

  it('is not renewed by a controller that was replaced', async () => {
    const rig = await dosingRig({ leaseMs: 1000, durationMs: 5000 });
    await rig.live(rig.controller.hello(2n));
    for (let beats = 0; beats < 4; beats++) {
      expect(await rig.refusal({ case: 'beat', value: { doseIds: ['d1'], leaseMs: 1000 } }, { epoch: 1n })).toBe(
        'E203',
      );
      await rig.clock.advance(400);
    }
    await expectPartial(rig, EndCause.LEASE_LOST);
  });
});

describe('a bug', () => {
  it('stops every pump and is handed to the process once', async () => {
    const clock = virtualClock();
    const rig = new AgentRig({ clock, pumps: new Map(['a', 'b'].map((id) => [id, new FakePump(clock)])) });
    await rig.start();
    await rig.open();
    await rig.ask(startDose('d1', 'b'));
    const driver = rig.drivers.get('a');
    if (driver === undefined) throw new Error('pump a has a driver');
    driver.move = async () => {
      throw new AssertionError('what must hold does not');
    };
    rig.controller.tell(startDose('d2', 'a'));
    await rig.clock.advance(500);
    expect(rig.bugs).toHaveLength(1);
    expect(rig.bugs[0]).toBeInstanceOf(AssertionError);
    expect(rig.pump('b').isMoving).toBe(false);
    expect(driver.calls.at(-1)).toBe('stop');
  });
});

describe('the cap', () => {
  it('of time stops a dose that takes too long, by the agent alone', async () => {
    const rig = await dosingRig({ capMs: 1000 });
    await rig.clock.advance(400);
    expect(rig.pump().isMoving).toBe(false);
    await expectPartial(rig, EndCause.CAP);
  });
});

describe('a fault', () => {
  it('of the shaft stops the pump until a person clears it, and leaves the liquid uncertain', async () => {
    const rig = await dosingRig();
    rig.pump().isStalled = true;
    await rig.clock.advance(2000);
    const record = await rig.record('d1');
    expect(record).toMatchObject({ cause: EndCause.FAULT, faultCode: 'E102' });
    expect(record.loMl).toBeLessThanOrEqual(rig.trueMl());
    expect(record.hiMl).toBeGreaterThanOrEqual(rig.trueMl() - 1e-6);
    expect(rig.controller.heard('pumpState').at(-1)).toMatchObject({ activity: PumpActivity.FAULT, faultCode: 'E102' });
    expect(await rig.refusal(startDose('d2', 'p1'))).toBe('E433');

    rig.pump().isStalled = false;
    expect(await rig.ask({ case: 'clearFault', value: { pumpId: 'p1' } })).toMatchObject({ case: 'done' });
    expect(rig.drivers.get('p1')?.calls.slice(-2)).toEqual(['makeSafe', 'stop']);
    expect(await rig.ask(startDose('d2', 'p1'))).toMatchObject({ value: { kind: { case: 'started' } } });
  });

  it('of the line: stop is repeated, the dose is bounded by its chunk, and the pump comes back by itself', async () => {
    const rig = await dosingRig();
    rig.pump().isUnplugged = true;
    await rig.clock.advance(3000);
    expect(await rig.ask({ case: 'query', value: { doseId: 'd1' } })).toMatchObject({
      value: { kind: { case: 'running' } },
    });
    expect(rig.controller.heard('pumpState').at(-1)).toMatchObject({
      activity: PumpActivity.STOPPING,
      faultCode: 'E101',
    });
    await rig.clock.advance(12_000);
    const record = await rig.record('d1');
    expect(record).toMatchObject({ cause: EndCause.FAULT, faultCode: 'E101' });
    expect(record.loMl).toBeLessThanOrEqual(rig.trueMl());
    expect(record.hiMl).toBeGreaterThanOrEqual(rig.trueMl() - 1e-6);
    expect(record.hiMl - record.loMl).toBeCloseTo(0.09, 3);
    expect(await rig.refusal(startDose('d2', 'p1'))).toBe('E101');

    rig.pump().isUnplugged = false;
    await rig.clock.advance(31_000);
    expect(await rig.ask(startDose('d2', 'p1'))).toMatchObject({ value: { kind: { case: 'started' } } });
  });

  it('of the line that heals at once: standstill is seen and the record is exact', async () => {
    const rig = await dosingRig();
    rig.pump().isUnplugged = true;
    rig.controller.tell({ case: 'stopDose', value: { pumpId: 'p1' } });
    await rig.clock.advance(1500);
    rig.pump().isUnplugged = false;
    await rig.clock.advance(1000);
    const record = await rig.record('d1');
    expect(record.hiMl).toBeGreaterThanOrEqual(rig.trueMl() - 1e-6);
    expect(record.loMl).toBeLessThanOrEqual(rig.trueMl() + 1e-6);
  });
});
