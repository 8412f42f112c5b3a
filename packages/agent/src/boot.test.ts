// Proves the order of boot (P16): boards are made safe and cut-off doses settled before anybody is answered, a silent
// board holds up nobody, and damaged memory disables instead of defaulting (I15).
import { EndCause, PumpActivity } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { FakePump } from './fakes/fake-pump.ts';
import { AgentRig, pumpSetup, query, startDose, virtualClock } from './fakes/fake-rig.ts';

function twoPumps(): AgentRig {
  const clock = virtualClock();
  return new AgentRig({ clock, pumps: new Map(['a', 'b'].map((id) => [id, new FakePump(clock)])) });
}

async function openTwoPumps(): Promise<AgentRig> {
  const rig = twoPumps();
  await rig.start();
  await rig.open();
  return rig;
}

const spoil = (rig: AgentRig, prefix: string) => {
  const names = [...rig.blobs.keys()].filter((name) => name.startsWith(prefix));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) rig.blobs.set(name, new Uint8Array([1, 2, 3]));
};

describe('boot', () => {
  it('stops each board before the link is open', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a', { durationMs: 8000 }));
    await rig.clock.advance(300);
    rig.kill();
    const next = rig.successor();
    const booting = next.begin();
    await next.clock.advance(4);
    expect(next.link.isOpen).toBe(false);
    expect(rig.pump('a').isMoving).toBe(false);
    expect([...next.drivers.values()].map((driver) => driver.calls[0])).toEqual(['makeSafe', 'makeSafe']);
    await next.live(booting);
    expect(next.link.isOpen).toBe(true);
    await next.live(next.controller.hello(2n));
    expect((await next.record('d1')).cause).toBe(EndCause.RECOVERED);
  });

  it('moves nothing until a START under a new epoch', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(300);
    const { epoch, session } = rig.controller;
    rig.kill();
    const next = rig.successor();
    await next.start();
    await next.clock.advance(10_000);
    expect(rig.pump('a').motions + rig.pump('b').motions).toBe(1);
    expect(await next.refusal(startDose('d2', 'a'), { epoch, session })).toBe('E203');
  });

  it('waits for no silent board; its cut-off dose is told as not known yet, and settled when it answers', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(700);
    rig.kill();
    await rig.clock.advance(1000);
    rig.pump('a').isUnplugged = true;

    const next = rig.successor();
    const began = next.clock.monotonicMs();
    await next.start();
    expect(next.clock.monotonicMs() - began).toBeLessThan(3100);
    const hello = await next.live(next.controller.hello(2n));
    expect(hello.state?.pumps).toMatchObject([
      { pumpId: 'a', activity: PumpActivity.OFFLINE, faultCode: 'E101' },
      { pumpId: 'b', activity: PumpActivity.IDLE },
    ]);
    expect(await next.refusal(query('d1'))).toBe('E101');
    expect(await next.refusal(startDose('d1', 'a'))).toBe('E101');
    expect(await next.refusal(startDose('d2', 'a'))).toBe('E101');
    expect(await next.ask(startDose('d3', 'b'))).toMatchObject({ value: { kind: { case: 'started' } } });

    rig.pump('a').isUnplugged = false;
    await next.clock.advance(5000);
    const record = await next.record('d1');
    expect(record.loMl).toBeCloseTo(rig.trueMl('a'), 4);
    expect(record.hiMl).toBe(record.loMl);
    expect(next.controller.heard('doseEnded').map((one) => one.doseId)).toContain('d1');
  });

  it('is not held up by a board that never answers anything', async () => {
    const rig = await openTwoPumps();
    rig.kill();
    const next = rig.successor();
    const booting = next.begin();
    next.drivers.get('a')?.kill();
    await next.clock.advance(0);
    next.drivers.get('a')?.kill();
    await next.live(booting);
    expect(next.link.isOpen).toBe(true);
  });
});

describe('damaged memory', () => {
  it('of a dose disables its pump, never forgets that the dose was, and is dealt with by a person', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(700);
    rig.kill();
    spoil(rig, 'dose.a.d1');

    const next = rig.successor();
    await next.start();
    const hello = await next.live(next.controller.hello(2n));
    expect(hello.state?.pumps).toMatchObject([{ activity: PumpActivity.FAULT, faultCode: 'E302' }, { faultCode: '' }]);
    expect(await next.refusal(query('d1'))).toBe('E302');
    expect(await next.refusal(startDose('d1', 'a'))).toBe('E302');
    expect(await next.refusal(startDose('d2', 'a'))).toBe('E433');

    expect(await next.ask({ case: 'clearFault', value: { pumpId: 'a' } })).toMatchObject({ case: 'done' });
    expect(await next.refusal(startDose('d1', 'a'))).toBe('E302');
    expect(await next.ask(startDose('d2', 'a'))).toMatchObject({ value: { kind: { case: 'started' } } });
    next.kill();

    const third = rig.successor();
    await third.start();
    await third.live(third.controller.hello(3n));
    expect(await third.refusal(query('d1'))).toBe('E302');
    expect(await third.refusal(startDose('d1', 'a'))).toBe('E302');
  });

  it('of one copy is repaired from the other', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(4000);
    rig.kill();
    const whole = rig.blobs.get('dose.a.d1.b');
    rig.blobs.set('dose.a.d1.b', new Uint8Array(7));
    const next = rig.successor();
    await next.start();
    expect(rig.blobs.get('dose.a.d1.b')).toEqual(whole);
    await next.live(next.controller.hello(2n));
    expect((await next.record('d1')).cause).toBe(EndCause.TARGET);
  });

  it('of the latch means latched', async () => {
    const rig = await openTwoPumps();
    await rig.ask({ case: 'stopAll', value: {} });
    await rig.ask({ case: 'releaseStop', value: {} });
    rig.kill();
    spoil(rig, 'emergency-stop');
    const next = rig.successor();
    await next.start();
    expect((await next.live(next.controller.hello(2n))).state?.emergencyStop).toBe(true);
  });

  it('of the epoch disables all pumps, and the epochs of doses still count', async () => {
    const rig = await openTwoPumps();
    await rig.live(rig.controller.hello(6n));
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(4000);
    rig.kill();
    spoil(rig, 'epoch');
    const next = rig.successor();
    await next.start();
    const hello = await next.live(next.controller.hello(0n));
    expect(hello.highestEpoch).toBe(6n);
    expect(hello.state?.pumps.map((pump) => pump.faultCode)).toEqual(['E302', 'E302']);
  });

  it('of the configuration means no pumps until it is put again; what was cut off is settled then', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(700);
    rig.kill();
    await rig.clock.advance(1000);
    spoil(rig, 'unit-setup');
    const next = rig.successor();
    await next.start();
    const hello = await next.live(next.controller.hello(2n));
    expect(hello).toMatchObject({ configHash: '', state: { pumps: [] } });
    expect(await next.refusal(query('d1'))).toBe('E101');
    await next.open(3n);
    expect((await next.record('d1')).loMl).toBeCloseTo(rig.trueMl('a'), 4);
  });
});

describe('PutUnitConfig', () => {
  it('is kept across restarts and echoed by its hash', async () => {
    const rig = await openTwoPumps();
    await rig.stop();
    const next = rig.successor();
    await next.start();
    const hello = await next.live(next.controller.hello(2n));
    expect(hello.configHash).toBe('hash-1');
    expect(hello.state?.pumps.map((pump) => pump.pumpId)).toEqual(['a', 'b']);
  });

  it('waits until no dose runs, and makes only those boards anew that differ', async () => {
    const rig = await openTwoPumps();
    const [a, b] = [rig.drivers.get('a'), rig.drivers.get('b')];
    await rig.ask(startDose('d1', 'a'));
    const pumps = [pumpSetup('a', { singleMl: 5 }), pumpSetup('b')];
    expect(await rig.refusal({ case: 'putUnitConfig', value: { pumps, configHash: 'new' } })).toBe('E406');
    await rig.clock.advance(4000);
    expect(await rig.ask({ case: 'putUnitConfig', value: { pumps, configHash: 'new' } })).toMatchObject({
      case: 'done',
    });
    expect(a?.calls.at(-1)).toBe('close');
    expect(rig.drivers.get('a')).not.toBe(a);
    expect(rig.drivers.get('b')).toBe(b);
    expect(await rig.refusal(startDose('d2', 'a', { capMl: 6 }))).toBe('E422');
  });

  it('settles what a removed pump left behind, without its board', async () => {
    const rig = await openTwoPumps();
    await rig.ask(startDose('d1', 'a'));
    await rig.clock.advance(700);
    rig.kill();
    rig.pump('a').isUnplugged = true;
    const next = rig.successor();
    await next.start();
    await next.open(2n, [pumpSetup('b')]);
    const record = await next.record('d1');
    expect(record.cause).toBe(EndCause.RECOVERED);
    expect(record.loMl).toBeLessThanOrEqual(rig.trueMl('a'));
    expect(record.hiMl).toBeGreaterThanOrEqual(rig.trueMl('a') - 1e-6);
    expect(record.hiMl - record.loMl).toBeCloseTo(0.09, 3);
  });

  it.each([
    ['an id that is no name', { pumpId: 'p 1' }],
    ['no microsteps', { microstep: 0 }],
    ['a motor that does not exist', { stepsPerRev: 100 }],
    ['a limit that is no number', { singleMl: Number.NaN }],
    ['no line', { lineId: '' }],
  ])('refuses %s and keeps the old configuration', async (_, change) => {
    const rig = await openTwoPumps();
    const pumps = [pumpSetup('a', change)];
    expect(await rig.refusal({ case: 'putUnitConfig', value: { pumps, configHash: 'new' } })).toBe('E402');
    expect((await rig.live(rig.controller.hello(2n))).configHash).toBe('hash-1');
  });
});
