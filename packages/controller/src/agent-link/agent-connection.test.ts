import { seededRandom, silentLog, VirtualClock } from '@perista/core';
import {
  decodeEnvelope,
  encodeEnvelope,
  encodeReply,
  FrameKind,
  type Frames,
  type ReplyKind,
} from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { AgentConnection } from './agent-connection.ts';

const SCOPE = { epoch: 1, agentSession: 's', deadlineMs: 0 };

/** A connection whose far end is the test. */
function setUp(canSend = true) {
  const clock = new VirtualClock();
  const sent: Uint8Array[] = [];
  let deliver = (_: Uint8Array) => {};
  const frames: Frames = {
    send: (frame) => {
      sent.push(frame);
      return canSend;
    },
    onFrame: (listener) => {
      deliver = listener;
    },
    close: async () => {},
  };
  const counters = { sent: 0, late: 0, damaged: 0 };
  const connection = new AgentConnection(
    { clock, random: seededRandom(1), log: silentLog },
    frames,
    counters,
    () => {},
  );
  const idOf = (index: number) => decodeEnvelope(sent[index] ?? new Uint8Array()).requestId;
  const reply = (requestId: string, kind: ReplyKind) => {
    const frame = encodeEnvelope({
      kind: FrameKind.REPLY,
      requestId,
      epoch: 1n,
      agentSession: 's',
      deadlineMs: 0,
      body: encodeReply(kind),
    });
    deliver(frame);
    return frame;
  };
  const ask = () => connection.request({ case: 'query', value: { doseId: 'd' } }, 'query', SCOPE, 1_000);
  return { clock, connection, counters, idOf, reply, ask, deliver: (frame: Uint8Array) => deliver(frame) };
}

const UNKNOWN: ReplyKind = { case: 'query', value: { kind: { case: 'unknown', value: {} } } };

describe('requests on the link', () => {
  it('get the reply that names them, whatever the order', async () => {
    const { ask, reply, idOf } = setUp();
    const [first, second] = [ask(), ask()];
    reply(idOf(1), { case: 'query', value: { kind: { case: 'record', value: { doseId: 'second' } } } });
    reply(idOf(0), UNKNOWN);
    expect((await first).kind.case).toBe('unknown');
    expect((await second).kind.case).toBe('record');
  });

  it('count a late or doubled reply and give it to nobody', async () => {
    const { ask, reply, idOf, clock, counters } = setUp();
    const first = ask().catch((error: unknown) => error);
    expect(await clock.until(first)).toMatchObject({
      code: 'E201',
      message: expect.stringContaining('query within 1000 ms'),
    });
    const second = ask();
    reply(idOf(0), UNKNOWN);
    expect(counters.late).toBe(1);
    reply(idOf(1), UNKNOWN);
    reply(idOf(1), UNKNOWN);
    await second;
    expect(counters.late).toBe(2);
  });

  it('fail at once when nothing can be sent, and all together when the link closes', async () => {
    await expect(setUp(false).ask()).rejects.toMatchObject({ code: 'E201' });
    const { ask, connection } = setUp();
    const [first, second] = [ask(), ask()].map((asked) => asked.catch((error: unknown) => error));
    await connection.close();
    expect(await first).toMatchObject({ code: 'E201' });
    expect(await second).toMatchObject({ code: 'E201' });
  });

  it('carry the agent’s own failure, and refuse an answer of another kind', async () => {
    const { ask, reply, idOf } = setUp();
    const [first, second] = [ask(), ask()];
    reply(idOf(0), { case: 'failure', value: { code: 'E101', message: 'no answer' } });
    reply(idOf(1), { case: 'done', value: {} });
    await expect(first).rejects.toMatchObject({ code: 'E101', message: 'no answer' });
    await expect(second).rejects.toMatchObject({ code: 'E205' });
  });

  it('skip frames that are damaged', async () => {
    const { ask, reply, idOf, deliver, counters } = setUp();
    const asked = ask();
    deliver(new Uint8Array([255, 255, 255]));
    const frame = reply('nobody', UNKNOWN);
    deliver(frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 1));
    reply(idOf(0), UNKNOWN);
    await asked;
    expect(counters.damaged).toBe(2);
  });
});
