// What a tool without Socket.IO is told, who is let in, and that no client can hurt: on the real HTTP server, over real sockets.
import { PeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { doseRow } from '../http/fake-rows.ts';
import { type PlainClient, startLive } from './live-fixture.ts';

type Live = Awaited<ReturnType<typeof startLive>>;

const EVENT = {
  seq: 1,
  at: '2026-03-01T07:30:00.000Z',
  kind: 'dose_settled',
  severity: 'info',
  pump_id: 'ph-down',
  dose_id: 'd1',
  actor: 'admin',
  data: {},
} as const;

/** Let in, and told how the pumps are. */
async function watching(live: Live, options?: Parameters<Live['joinPlain']>[0]): Promise<PlainClient> {
  const client = await live.joinPlain(options);
  await live.eventually(() => client.heard.length > 0, 'a snapshot comes');
  return client;
}

const closing = async (live: Live, client: PlainClient) => {
  await live.eventually(() => client.closed !== null, 'the connection is closed');
  return [client.heard.at(-1), client.closed];
};

const shownOut = (reason: string, code: number) => [
  { event: 'live:closed', data: { reason }, seq: null },
  { code, reason },
];

describe('a tool', () => {
  it('gets a snapshot without asking, and then what changes, with the next numbers', async () => {
    const live = await startLive();
    const { heard } = await watching(live);
    expect(heard[0]).toMatchObject({
      event: 'pumps:snapshot',
      data: { agent: true, pumps: [{ id: 'ph-down', state: 'idle' }] },
      seq: 1,
    });
    live.services.ledger.push(doseRow({ dose_id: 'd1' }));
    const progress = { delivered_ml: 1, remaining_s: 2, elapsed_s: 3 };
    live.bus.publish('dose-progress', { doseId: 'd1', pumpId: 'ph-down', progress });
    await live.eventually(() => heard.length === 2, 'progress is told');
    live.bus.publish('event', EVENT);
    await live.eventually(() => heard.length === 4, 'the end is told');
    expect(heard.slice(1)).toEqual([
      { event: 'dose:progress', data: { pump_id: 'ph-down', dose_id: 'd1', progress }, seq: 2 },
      { event: 'event', data: { event: EVENT }, seq: 3 },
      { event: 'dose:settled', data: { dose: doseRow({ dose_id: 'd1' }) }, seq: 4 },
    ]);
  });

  it('begins anew when it asks to, and is told what else cannot be asked', async () => {
    const live = await startLive();
    const { socket, heard } = await watching(live);
    for (const [index, asked] of ['nonsense', '{"event":"subscribe:device"}', 'null', '[]', ''].entries()) {
      socket.send(asked);
      await live.eventually(() => heard.length === index + 2, `${asked} is answered`);
      expect(heard.at(-1)).toMatchObject({ event: 'error', data: { code: 'E402' }, seq: null });
    }
    socket.send(Buffer.from('{"event":"subscribe:pumps"}'));
    await live.eventually(() => heard.length === 7, 'bytes are answered');
    socket.send('{"event":"subscribe:pumps"}');
    await live.eventually(() => heard.length === 8, 'a snapshot comes again');
    expect(heard.slice(6).map(({ event, seq }) => [event, seq])).toEqual([
      ['error', null],
      ['pumps:snapshot', 1],
    ]);
    expect(live.gateway.viewers).toBe(1);
  });

  it('that sends more than it can have to say is closed', async () => {
    const live = await startLive();
    const client = await watching(live);
    client.socket.send('x'.repeat(5_000));
    await live.eventually(() => client.closed !== null, 'it is closed');
    expect(client.closed?.code).toBe(1009);
    await live.eventually(() => live.gateway.viewers === 0, 'its seat is free');
  });

  it('that answers no ping is given up', async () => {
    const live = await startLive();
    const [silent, other] = [await watching(live, { autoPong: false }), await watching(live)];
    await live.eventually(() => silent.closed !== null, 'it is closed');
    expect([silent.closed?.code, other.closed, live.gateway.viewers]).toEqual([1006, null, 1]);
  });

  it('that stops reading is closed as too slow once 1 MB waits for it', async () => {
    const live = await startLive();
    const [paused, other] = [await watching(live), await watching(live)];
    paused.socket.pause();
    const long = { ...EVENT, kind: 'long', dose_id: null, data: { text: 'x'.repeat(20_000) } };
    const events = () => other.heard.filter(({ event }) => event === 'event').length;
    let told = 0;
    await live.eventually(() => {
      if (told - events() < 10) live.bus.publish('event', { ...long, seq: ++told });
      return live.log.lines.some((line) => line.includes('too-slow'));
    }, 'it is closed');
    await live.eventually(() => events() === told, 'the other gets all');
    expect(other.closed).toBeNull();
  });
});

describe('who is not let in', () => {
  const refusal = async (live: Live, headers: Record<string, string>) => {
    const { refusal: told } = await live.joinPlain({ headers });
    return [told?.status, JSON.parse(told?.body ?? '{}').code];
  };

  it('has no log-in, or comes from a web page of somebody else', async () => {
    const live = await startLive();
    expect(await refusal(live, {})).toEqual([401, 'E401']);
    expect(await refusal(live, { authorization: 'Bearer nonsense' })).toEqual([401, 'E401']);
    const cookie = await live.cookie();
    expect(await refusal(live, { cookie, origin: 'http://evil.example' })).toEqual([403, 'E405']);
    expect(await refusal(live, { cookie, host: 'evil.example' })).toEqual([403, 'E405']);
  });

  it('would be one too many with the same log-in, whatever the others speak', async () => {
    const live = await startLive();
    const headers = { cookie: await live.cookie() };
    for (let count = 0; count < 10; count++) await watching(live, { headers });
    for (let count = 0; count < 10; count++) await live.join({ extraHeaders: headers });
    const extra = await live.joinPlain({ headers });
    expect(await closing(live, extra)).toEqual(shownOut('too-many-viewers', 4429));
    await watching(live);
  });
});

describe('a tool is shown out', () => {
  it('when its API token is revoked', async () => {
    const live = await startLive();
    const session = await live.logIn();
    const payload = { name: 'tool', role: 'viewer' };
    const { id, token } = (await live.call('POST', '/api/tokens', { session, payload })).json();
    const client = await watching(live, { headers: { authorization: `Bearer ${token}` } });
    await live.call('DELETE', `/api/tokens/${id}`, { session });
    expect(await closing(live, client)).toEqual(shownOut('logged-out', 4401));
  });

  it('when nobody can know how the pumps are', async () => {
    const live = await startLive();
    const client = await watching(live);
    live.services.pumps.list = () => {
      throw new PeristaError('E301', 'the disk is gone');
    };
    live.bus.publish('pump-state', { pumpId: 'ph-down' });
    expect(await closing(live, client)).toEqual(shownOut('unit-unreadable', 4503));
    const next = await watching(live);
    expect(await closing(live, next)).toEqual(shownOut('unit-unreadable', 4503));
    expect(next.heard[0]).toEqual({ event: 'error', data: { code: 'E301', message: 'the disk is gone' }, seq: null });
  });

  it('when the server stops', async () => {
    const live = await startLive();
    const client = await watching(live);
    void live.gateway.stop();
    expect(await closing(live, client)).toEqual(shownOut('server-stopping', 1001));
  });
});
