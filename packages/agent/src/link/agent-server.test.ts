// Proves the agent's end of the link: versions, checksums, sessions, and that a request is carried out once (P7, P15).
import { decodeEnvelope, decodeReply, encodeEnvelope, encodeRequest, FrameKind } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { FakeController } from '../fakes/fake-controller.ts';
import { AgentRig, startDose } from '../fakes/fake-rig.ts';

async function openRig(): Promise<AgentRig> {
  const rig = new AgentRig();
  await rig.start();
  await rig.open(3n);
  return rig;
}

describe('Hello', () => {
  it('makes a new epoch durable before it answers under it', async () => {
    const rig = await openRig();
    const reply = await rig.live(rig.controller.hello(8n));
    expect(reply).toMatchObject({ highestEpoch: 8n, agentVersion: '0.0.0-test' });
    rig.kill();
    const next = rig.successor();
    await next.start();
    expect((await next.live(next.controller.hello(0n))).highestEpoch).toBe(8n);
    expect(await next.refusal({ case: 'hello', value: {} }, { epoch: 7n })).toBe('E203');
  });

  it('takes no epoch that was chosen by what another run remembered', async () => {
    const rig = await openRig();
    rig.kill();
    const next = rig.successor();
    await next.start();
    const earlier = { epoch: 8n, session: rig.controller.session };
    expect(await next.refusal({ case: 'hello', value: {} }, earlier)).toBe('E203');
    expect(await next.refusal({ case: 'hello', value: {} }, { epoch: 8n, session: '' })).toBe('E203');
    expect((await next.live(next.controller.hello(0n))).highestEpoch).toBe(3n);
  });

  it('takes no epoch that another controller chose at the same time', async () => {
    const rig = await openRig();
    expect(await rig.live(rig.controller.hello(8n))).toMatchObject({ highestEpoch: 8n });
    expect(await rig.refusal({ case: 'hello', value: {} }, { epoch: 8n })).toBe('E203');
  });

  it('of an older session cannot win against a newer one that is still being written', async () => {
    const rig = await openRig();
    const newer = rig.controller.ask({ case: 'hello', value: {} }, { epoch: 9n });
    const older = rig.controller.ask({ case: 'hello', value: {} }, { epoch: 8n });
    expect(await rig.live(newer)).toMatchObject({ case: 'hello', value: { highestEpoch: 9n } });
    expect(await rig.live(older)).toMatchObject({ case: 'failure', value: { code: 'E203' } });
  });

  it('ends the older session at once, before the newer epoch is durable', async () => {
    const rig = await openRig();
    rig.controller.tell({ case: 'hello', value: {} }, { epoch: 9n });
    expect(await rig.refusal(startDose('d1', 'p1'), { epoch: 3n })).toBe('E203');
    expect(rig.pump().motions).toBe(0);
  });

  it('must be said to each run of the agent before it takes orders', async () => {
    const rig = await openRig();
    await rig.stop();
    const next = rig.successor();
    await next.start();
    const { agentSession: session } = await next.live(next.controller.hello(0n));
    expect(await next.refusal(startDose('d1', 'p1'), { epoch: 3n, session })).toBe('E203');
  });

  it('names another run by another session', async () => {
    const rig = await openRig();
    expect(rig.controller.session).toMatch(/^[0-9a-f]{16}$/);
  });

  it('draws the events to whoever opened the newest session', async () => {
    const rig = await openRig();
    const other = new FakeController(rig.link.controllerEnd('other'), rig.clock);
    await rig.live(other.hello(4n));
    await rig.clock.advance(10);
    const before = rig.controller.events.length;
    await rig.clock.advance(3000);
    expect(rig.controller.events.length).toBe(before);
    expect(other.heard('agentState').length).toBeGreaterThanOrEqual(3);
  });
});

describe('a request that arrives twice', () => {
  it('is answered twice and carried out once, also while the first is under way', async () => {
    const rig = await openRig();
    const first = rig.controller.ask(startDose('d1', 'p1'), { requestId: 'same' });
    const second = rig.controller.ask(startDose('d1', 'p1'), { requestId: 'same' });
    expect(await rig.live(second)).toMatchObject({ value: { kind: { case: 'started' } } });
    await Promise.race([first, null]);
    await rig.clock.advance(4000);
    const third = await rig.ask(startDose('d1', 'p1'), { requestId: 'same' });
    expect(third).toMatchObject({ value: { kind: { case: 'started' } } });
    expect(rig.pump().motions).toBe(1);
  });
});

describe('a frame', () => {
  it('with a damaged body is dropped, and the link lives on', async () => {
    const rig = await openRig();
    const order = startDose('d1', 'p1');
    for (let index = 0; index < rig.controller.frame(order, { requestId: 'x' }).length; index++) {
      const frame = rig.controller.frame(order, { requestId: `x${index}`, epoch: 1n });
      frame[index] = (frame[index] ?? 0) ^ 0x10;
      rig.controller.sendRaw(frame);
    }
    rig.controller.sendRaw(new Uint8Array());
    rig.controller.sendRaw(new Uint8Array([0xff, 0xff, 0xff]));
    await rig.clock.advance(3000);
    expect(rig.pump().motions).toBe(0);
    expect(rig.bugs).toEqual([]);
    expect(await rig.ask({ case: 'getState', value: {} })).toMatchObject({ case: 'state' });
  });

  it('of another version is answered with E202, so that both ends tell it', async () => {
    const rig = await openRig();
    const answers: Uint8Array[] = [];
    const foreign = rig.link.controllerEnd('foreign');
    foreign.onFrame((frame) => answers.push(frame));
    const frame = rig.controller.frame({ case: 'getState', value: {} }, { requestId: 'x' });
    frame[1] = 99;
    foreign.send(frame);
    await rig.clock.advance(10);
    const envelope = decodeEnvelope(answers[0] ?? new Uint8Array());
    expect(decodeReply(envelope.body).kind).toMatchObject({ case: 'failure', value: { code: 'E202' } });
  });

  it('that is no request, or asks for nothing, moves nothing', async () => {
    const rig = await openRig();
    const body = encodeRequest(startDose('d1', 'p1'));
    const fields = { requestId: 'x', epoch: 3n, agentSession: rig.controller.session, deadlineMs: 1e9, body };
    rig.controller.sendRaw(encodeEnvelope({ ...fields, kind: FrameKind.EVENT }));
    rig.controller.sendRaw(encodeEnvelope({ ...fields, kind: FrameKind.REQUEST, requestId: '' }));
    rig.controller.sendRaw(encodeEnvelope({ ...fields, kind: FrameKind.REQUEST, body: new Uint8Array() }));
    await rig.clock.advance(3000);
    expect(rig.pump().motions).toBe(0);
  });
});

describe('the resting agent', () => {
  it('tells its state each second and its sensors each five', async () => {
    const rig = await openRig();
    await rig.clock.advance(10_100);
    expect(rig.controller.heard('agentState').length).toBeGreaterThanOrEqual(10);
    expect(rig.controller.heard('sensorState').length).toBe(2);
    expect(rig.controller.heard('sensorState')[0]).toMatchObject({ pumpId: 'p1', enabled: true, stalled: false });
  });

  it('finds a board that fell silent, and a shaft that was turned', async () => {
    const rig = await openRig();
    await rig.clock.advance(5100);
    rig.pump().isUnplugged = true;
    await rig.clock.advance(6000);
    expect(rig.controller.heard('pumpState').at(-1)).toMatchObject({ faultCode: 'E101' });
    rig.pump().isUnplugged = false;
    await rig.clock.advance(6000);
    expect(rig.controller.heard('pumpState').at(-1)).toMatchObject({ faultCode: '' });

    const stops = rig.pump().stops;
    rig.pump().turn(3 * 65536, 10_000);
    await rig.clock.advance(6000);
    expect(rig.pump().stops).toBeGreaterThan(stops);
    expect(rig.pump().isMoving).toBe(false);
  });
});
