// Proves that the agent refuses by itself whatever it must (P7), each with its own code, and that nothing moves then
// (P18, I6, I11).
import type { RequestKind } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { FakePump } from './fakes/fake-pump.ts';
import { AgentRig, pumpSetup, startDose, virtualClock } from './fakes/fake-rig.ts';

async function openRig(): Promise<AgentRig> {
  const rig = new AgentRig();
  await rig.start();
  await rig.open(5n);
  return rig;
}

const changed = (field: string, value: unknown): RequestKind => {
  const order = startDose('d1', 'p1');
  if (order.case !== 'startDose') throw new Error('startDose makes a StartDose');
  return { case: 'startDose', value: { ...order.value, [field]: value } };
};

describe('START is refused, and nothing moves,', () => {
  it.each([
    ['under an older epoch', 'E203', startDose('d1', 'p1'), { epoch: 4n }],
    ['under an epoch that no Hello announced', 'E203', startDose('d1', 'p1'), { epoch: 6n }],
    ['for another run of the agent', 'E203', startDose('d1', 'p1'), { session: 'another' }],
    ['after its deadline', 'E204', startDose('d1', 'p1'), { deadlineMs: 1 }],
    ['without a deadline', 'E402', startDose('d1', 'p1'), { deadlineMs: 0 }],
    ['for a pump that does not exist', 'E404', startDose('d1', 'p9'), {}],
    ['with a cap over the pump’s own volume', 'E422', startDose('d1', 'p1', { capMl: 10.6 }), {}],
    ['with a cap over the pump’s own duration', 'E423', startDose('d1', 'p1', { capMs: 161_000 }), {}],
    ['with a motion past its cap', 'E402', startDose('d1', 'p1', { capMl: 0.35 }), {}],
    ['with too long a lease', 'E402', startDose('d1', 'p1', { leaseMs: 60_000 }), {}],
    ['with an impossible lease', 'E402', startDose('d1', 'p1', { leaseMs: Number.NaN }), {}],
    ['with no pulses', 'E402', startDose('d1', 'p1', { pulses: 0 }), {}],
    ['with a volume that is no number', 'E402', startDose('d1', 'p1', { capMl: Number.POSITIVE_INFINITY }), {}],
    ['with a negative duration', 'E402', startDose('d1', 'p1', { durationMs: -1 }), {}],
    ['without ml per turn', 'E402', changed('mlPerRev', 0), {}],
    ['without a motion', 'E402', changed('motion', undefined), {}],
    ['without a cap', 'E402', changed('cap', undefined), {}],
    ['with an id that is no file name', 'E402', startDose('../d1', 'p1'), {}],
  ] as const)('%s: %s', async (_, code, order, claims) => {
    const rig = await openRig();
    await rig.clock.advance(10);
    expect(await rig.refusal(order, claims)).toBe(code);
    await rig.clock.advance(3000);
    expect(rig.pump().motions).toBe(0);
    expect(await rig.ask({ case: 'query', value: { doseId: 'd1' } })).toMatchObject({
      value: { kind: { case: 'unknown' } },
    });
  });

  it('accepts a cap with the margin that the link allows', async () => {
    const rig = await openRig();
    const order = startDose('d1', 'p1', { capMl: 10.5, capMs: 160_000 });
    expect(await rig.ask(order)).toMatchObject({ value: { kind: { case: 'started' } } });
  });

  it('and whoever asks meanwhile is not told that it runs', async () => {
    const rig = await openRig();
    rig.pump().isUnplugged = true;
    const started = rig.controller.ask(startDose('d1', 'p1'));
    const asked = rig.controller.ask({ case: 'query', value: { doseId: 'd1' } });
    expect(await rig.live(started)).toMatchObject({ case: 'failure' });
    expect(await rig.live(asked)).toMatchObject({ value: { kind: { case: 'unknown' } } });
  });

  it('while another dose runs on the pump', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1'));
    expect(await rig.refusal(startDose('d2', 'p1'))).toBe('E207');
  });

  it('while a pump of its group moves, until that one is recorded and at rest', async () => {
    const clock = virtualClock();
    const rig = new AgentRig({ clock, pumps: new Map(['a', 'b', 'c'].map((id) => [id, new FakePump(clock)])) });
    await rig.start();
    const group = { mutexGroup: 'tank' };
    await rig.open(1n, [pumpSetup('a', group), pumpSetup('b', group), pumpSetup('c')]);
    await rig.ask(startDose('d1', 'a'));
    expect(await rig.refusal(startDose('d2', 'b'))).toBe('E207');
    expect(await rig.ask(startDose('d3', 'c'))).toMatchObject({ value: { kind: { case: 'started' } } });
    const stopped = rig.controller.ask({ case: 'stopDose', value: { pumpId: 'a' } });
    expect(await rig.refusal(startDose('d2', 'b'))).toBe('E207');
    await rig.live(stopped);
    await rig.clock.advance(1000);
    expect(rig.pump('b').motions).toBe(0);
    expect(await rig.ask(startDose('d2', 'b'))).toMatchObject({ value: { kind: { case: 'started' } } });
  });

  it('when its deadline passes while START is written', async () => {
    const rig = await openRig();
    const deadlineMs = rig.clock.monotonicMs() + 1;
    expect(await rig.ask(startDose('d1', 'p1'), { deadlineMs })).toMatchObject({
      value: { kind: { case: 'known', value: { kind: { case: 'record', value: { faultCode: 'E204', hiMl: 0 } } } } },
    });
    expect(rig.pump().motions).toBe(0);
  });
});

describe('a known dose id', () => {
  it('is answered with what is known, running or ended, and never moves again', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'p1'));
    expect(await rig.ask(startDose('d1', 'p1'))).toMatchObject({
      value: { kind: { case: 'known', value: { kind: { case: 'running' } } } },
    });
    await rig.clock.advance(4000);
    expect(await rig.ask(startDose('d1', 'p1'), { deadlineMs: 1 })).toMatchObject({
      value: { kind: { case: 'known', value: { kind: { case: 'record' } } } },
    });
    expect(rig.pump().motions).toBe(1);
  });
});
