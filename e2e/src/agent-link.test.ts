// Proves on real ZeroMQ that an order moves a motor once and in time, or never, whatever happens to the link or its
// ends (P6, P7, P13, I13).
import { Direction, LINK_PROTOCOL_VERSION, type RequestKind } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { until } from './harness/index.ts';
import { configure, emulatedBench, motionOver, PUMP } from './link/emulated-agent.ts';
import { RawController } from './link/raw-controller.ts';

const ML_PER_REV = 0.18;
const PULSES = 6400;

const start = (doseId: string, pulses = PULSES): RequestKind => ({
  case: 'startDose',
  value: {
    doseId,
    pumpId: PUMP,
    leaseMs: 3_000,
    motion: { pulses, direction: Direction.FORWARD, durationMs: 500, minCode: 5, maxCode: 90 },
    mlPerRev: ML_PER_REV,
    cap: { volumeMl: (pulses / 12_800) * ML_PER_REV * 1.02, durationMs: 10_000 },
  },
});

const revolutions = (bench: ReturnType<typeof emulatedBench>) => bench.board.truth().revolutions;
const HALF_A_TURN = PULSES / 12_800;

async function linked() {
  const bench = emulatedBench();
  const agent = await bench.start();
  const controller = new RawController(bench.endpoint);
  const { monotonicMs } = await controller.hello(1n);
  expect((await configure(controller)).kind.case).toBe('done');
  return { bench, agent, controller, soon: monotonicMs + 10_000 };
}

const record = async (controller: RawController, doseId: string) => {
  const reply = await controller.ask({ case: 'query', value: { doseId } });
  const query = reply.kind.case === 'query' ? reply.kind.value.kind : undefined;
  return query?.case === 'record' && query.value;
};

const codeOf = ({ kind }: Awaited<ReturnType<RawController['ask']>>) =>
  kind.case === 'failure' ? kind.value.code : kind.case;

describe('an order on the agent link', () => {
  it('turns the shaft by its pulses, and is recorded', async () => {
    const { bench, controller, soon } = await linked();
    expect((await controller.ask(start('plain'), { deadlineMs: soon })).kind.case).toBe('startDose');
    const ended = await until(() => record(controller, 'plain'), 5_000, 'the record');
    expect(revolutions(bench)).toBeCloseTo(HALF_A_TURN, 4);
    expect(ended.hiMl).toBeCloseTo(HALF_A_TURN * ML_PER_REV, 3);
  });

  it('that comes twice, as the same frame and as a new request, moves once', async () => {
    const { bench, controller, soon } = await linked();
    const frame = controller.frame(start('twice'), { deadlineMs: soon }, 'one-request');
    controller.sendFrame(frame);
    controller.sendFrame(frame);
    await until(
      () => controller.replies.filter(({ requestId }) => requestId === 'one-request').length === 2,
      5_000,
      'both frames are answered',
    );
    await until(() => record(controller, 'twice'), 5_000, 'the record');
    const again = await controller.ask(start('twice'), { deadlineMs: soon });
    expect(again.kind.case === 'startDose' && again.kind.value.kind.case).toBe('known');
    expect(revolutions(bench)).toBeCloseTo(HALF_A_TURN, 4);
  });

  it('that comes after its deadline moves nothing', async () => {
    const { bench, controller } = await linked();
    const { monotonicMs } = await controller.hello(2n);
    expect(codeOf(await controller.ask(start('late'), { deadlineMs: monotonicMs - 1 }))).toBe('E204');
    expect(revolutions(bench)).toBe(0);
  });

  it('of an earlier session moves nothing', async () => {
    const { bench, controller, soon } = await linked();
    const newer = new RawController(bench.endpoint);
    await newer.hello(2n);
    expect(codeOf(await controller.ask(start('old'), { deadlineMs: soon }))).toBe('E203');
    expect(revolutions(bench)).toBe(0);
  });

  it('of another version of the link is answered with both versions, and moves nothing', async () => {
    const { bench, controller, soon } = await linked();
    const frame = controller.frame(start('version'), { deadlineMs: soon });
    // Field 1, varint: the version is the first thing in an envelope.
    expect([...frame.slice(0, 2)]).toEqual([0x08, LINK_PROTOCOL_VERSION]);
    frame[1] = LINK_PROTOCOL_VERSION + 1;
    controller.sendFrame(frame);
    const reply = await controller.answerTo('');
    expect(codeOf(reply)).toBe('E202');
    const both = `version ${LINK_PROTOCOL_VERSION} here and ${LINK_PROTOCOL_VERSION + 1} at the other end`;
    expect(reply.kind.case === 'failure' && reply.kind.value.message).toContain(both);
    expect(revolutions(bench)).toBe(0);
  });

  it('that is damaged on the way is dropped, and moves nothing', async () => {
    const { bench, controller, soon } = await linked();
    const frame = controller.frame(start('damaged'), { deadlineMs: soon }, 'damaged');
    frame[frame.length - 5] = (frame[frame.length - 5] ?? 0) ^ 0x40;
    controller.sendFrame(frame);
    expect((await controller.ask({ case: 'getState', value: {} })).kind.case).toBe('state');
    expect(controller.replies.some(({ requestId }) => requestId === 'damaged')).toBe(false);
    expect(revolutions(bench)).toBe(0);
  });

  it('to a dead agent is not delivered to the one that comes after it', async () => {
    const { bench, agent, controller, soon } = await linked();
    await agent.stop();
    controller.sendFrame(controller.frame(start('to-the-dead'), { deadlineMs: soon + 60_000 }, 'to-the-dead'));
    await bench.start();
    await controller.hello(2n);
    const known = await controller.ask({ case: 'query', value: { doseId: 'to-the-dead' } });
    expect(known.kind.case === 'query' && known.kind.value.kind.case).toBe('unknown');
    expect(revolutions(bench)).toBe(0);
  });

  it('meant for an earlier run of the agent moves nothing', async () => {
    const { bench, agent, controller, soon } = await linked();
    const former = controller.scope;
    await agent.stop();
    await bench.start();
    await controller.hello(2n);
    const reply = await controller.ask(start('former'), { agentSession: former.agentSession, deadlineMs: soon });
    expect(codeOf(reply)).toBe('E203');
    expect(revolutions(bench)).toBe(0);
  });

  it('in motion when its controller goes ends with its lease, measured', async () => {
    const { bench, controller, soon } = await linked();
    const order = start('left-alone', 12_800 * 20);
    if (order.case === 'startDose' && order.value.motion !== undefined) order.value.motion.durationMs = 30_000;
    if (order.case === 'startDose' && order.value.cap !== undefined) order.value.cap.durationMs = 60_000;
    await controller.ask(order, { deadlineMs: soon });
    const next = new RawController(bench.endpoint);
    await until(() => bench.board.truth().revolutions > 0.5, 5_000, 'the shaft turns');
    await motionOver(bench, 6_000);
    await next.hello(2n);
    const ended = await until(() => record(next, 'left-alone'), 5_000, 'the record');
    expect(ended.hiMl).toBeCloseTo(revolutions(bench) * ML_PER_REV, 2);
    expect(ended.revolutions).toBeCloseTo(revolutions(bench), 2);
  });

  it('is told again until it is confirmed, to whoever is the controller then', async () => {
    const { bench, controller, soon } = await linked();
    await controller.ask(start('unheard'), { deadlineMs: soon });
    await until(() => record(controller, 'unheard'), 5_000, 'the record');
    const next = new RawController(bench.endpoint);
    await next.hello(2n);
    expect((await record(next, 'unheard')) !== false).toBe(true);
    expect((await next.ask({ case: 'confirm', value: { doseIds: ['unheard'] } })).kind.case).toBe('done');
    expect((await record(next, 'unheard')) !== false).toBe(true);
  });
});
