// Who may watch, what a stock client is told, and that no client can hurt: on the real HTTP server, over real sockets.
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import type { PumpsSnapshot, SubscribeAnswer } from '@perista/protocol/live';
import { describe, expect, it } from 'vitest';
import { doseRow } from '../http/fake-rows.ts';
import { startLive } from './live-fixture.ts';

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

type Live = Awaited<ReturnType<typeof startLive>>;
type Client = Awaited<ReturnType<Live['join']>>;

async function subscribe(live: Live, client: Client): Promise<PumpsSnapshot> {
  let answer: SubscribeAnswer<PumpsSnapshot> | undefined;
  client.emit('subscribe:pumps', (result) => {
    answer = result;
  });
  await live.eventually(() => answer !== undefined, 'a subscription is answered');
  if (answer?.ok !== true) throw new Error(JSON.stringify(answer));
  return answer.snapshot;
}

/** The first request of a client that polls, with any headers. */
function poll(live: Live, headers: Record<string, string>): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get(`${live.url}/socket.io/?EIO=4&transport=polling`, { headers }, async (answer) => {
      resolve({ status: answer.statusCode, body: await text(answer) });
    }).on('error', reject);
  });
}

/** All that a client is told, by name. */
function listen(client: Client): [name: string, news: Record<string, unknown>][] {
  const heard: [string, Record<string, unknown>][] = [];
  client.onAny((name: string, news: Record<string, unknown>) => heard.push([name, news]));
  return heard;
}

const names = (heard: ReturnType<typeof listen>) => heard.map(([name]) => name);

describe('a viewer', () => {
  for (const transport of ['websocket', 'polling'] as const) {
    it(`over ${transport} gets a snapshot and then deltas with the next numbers`, async () => {
      const live = await startLive();
      const client = await live.join({ transports: [transport] });
      const heard = listen(client);
      const snapshot = await subscribe(live, client);
      expect(snapshot).toMatchObject({ seq: 1, agent: true, pumps: [{ id: 'ph-down', state: 'idle' }] });
      live.services.ledger.push(doseRow({ dose_id: 'd1' }));
      const progress = { delivered_ml: 1, remaining_s: 2, elapsed_s: 3 };
      live.bus.publish('dose-progress', { doseId: 'd1', pumpId: 'ph-down', progress });
      await live.eventually(() => heard.length === 1, 'progress is told');
      live.bus.publish('event', EVENT);
      await live.eventually(() => heard.length === 3, 'the end is told');
      expect(heard).toEqual([
        ['dose:progress', { seq: 2, pump_id: 'ph-down', dose_id: 'd1', progress }],
        ['event', { seq: 3, event: EVENT }],
        ['dose:settled', { seq: 4, dose: doseRow({ dose_id: 'd1' }) }],
      ]);
    });
  }

  it('that comes by polling may go on by WebSocket', async () => {
    const live = await startLive();
    const client = await live.join({ transports: ['polling', 'websocket'] });
    await live.eventually(() => client.io.engine.transport.name === 'websocket', 'the transport is changed');
    expect((await subscribe(live, client)).seq).toBe(1);
  });

  it('that asks without a callback gets the snapshot as a message', async () => {
    const live = await startLive();
    const client = await live.join();
    const heard = listen(client);
    (client.emit as (name: string) => unknown)('subscribe:pumps');
    await live.eventually(() => heard.length === 1, 'a snapshot comes');
    expect(heard[0]).toMatchObject(['pumps:snapshot', { seq: 1, pumps: [{ id: 'ph-down' }] }]);
  });

  it('that is gone is not read for any more', async () => {
    const live = await startLive();
    let reads = 0;
    const { list } = live.services.pumps;
    live.services.pumps.list = () => {
      reads++;
      return list();
    };
    const client = await live.join();
    await subscribe(live, client);
    await live.clock.advance(60_000);
    expect(reads).toBeGreaterThan(10);
    client.disconnect();
    await live.eventually(() => live.gateway.viewers === 0, 'it is gone');
    const before = reads;
    await live.clock.advance(60_000);
    expect(reads).toBe(before);
  });

  it('that asks again begins anew, and hears nothing after it has unsubscribed', async () => {
    const live = await startLive();
    const client = await live.join();
    const heard = listen(client);
    await subscribe(live, client);
    live.bus.publish('event', { ...EVENT, dose_id: null });
    await live.eventually(() => heard.length === 1, 'an event is told');
    expect((await subscribe(live, client)).seq).toBe(1);
    live.bus.publish('event', { ...EVENT, dose_id: null });
    await live.eventually(() => heard.length === 2, 'an event is told once');
    expect(heard[1]?.[1].seq).toBe(2);
    client.emit('unsubscribe:pumps');
    const other = await live.join();
    await subscribe(live, other);
    const heardByOther = listen(other);
    live.bus.publish('event', { ...EVENT, dose_id: null });
    await live.eventually(() => heardByOther.length === 1, 'somebody else is told');
    expect(heard).toHaveLength(2);
  });
});

describe('who is not let in', () => {
  it('has no log-in, or one that is over', async () => {
    const live = await startLive();
    const nobody = await live.refused({});
    expect([nobody.message, nobody.data]).toEqual(['Log in first: POST /api/session', { code: 'E401' }]);
    const headers = { cookie: `perista_session=${'0'.repeat(64)}`, authorization: 'Bearer nonsense' };
    expect((await live.refused({ extraHeaders: headers })).data).toEqual({ code: 'E401' });
    for (const token of ['nonsense', 7, null, {}, ['a']]) {
      expect((await live.refused({ auth: { token } })).data).toEqual({ code: 'E401' });
    }
  });

  it('comes from a web page of somebody else, whatever it shows', async () => {
    const live = await startLive();
    const cookie = await live.cookie();
    const own = { cookie, origin: live.url, 'sec-fetch-site': 'same-origin' };
    await live.join({ extraHeaders: own });
    expect((await poll(live, own)).status).toBe(200);
    for (const change of [
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example' },
    ]) {
      await live.refused({ extraHeaders: { ...own, ...change } });
      const answer = await poll(live, { ...own, ...change });
      expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('"message":"E405 ')]);
    }
  });

  it('would be one too many with the same log-in', async () => {
    const live = await startLive();
    const extraHeaders = { cookie: await live.cookie() };
    const first = await live.join({ extraHeaders });
    for (let count = 1; count < 20; count++) await live.join({ extraHeaders });
    const extra = live.connectClient({ extraHeaders });
    const heard = listen(extra);
    let reason = '';
    extra.on('disconnect', (why) => {
      reason = why;
    });
    await live.eventually(() => reason !== '', 'the connection is closed');
    expect([heard, reason]).toEqual([[['live:closed', { reason: 'too-many-viewers' }]], 'io server disconnect']);
    await live.join();
    first.disconnect();
    await live.eventually(() => !first.connected, 'a seat is free');
    await live.join({ extraHeaders });
  });
});

describe('a viewer whose log-in ends', () => {
  const shownOut = async (live: Live, client: Client, end: () => Promise<unknown>): Promise<unknown[]> => {
    const heard = listen(client);
    let reason = '';
    client.on('disconnect', (why) => {
      reason = why;
    });
    await end();
    const endedAtMs = live.clock.monotonicMs();
    await live.eventually(() => reason !== '', 'the connection is closed');
    expect(live.clock.monotonicMs() - endedAtMs).toBeLessThan(1_000);
    return [heard, reason];
  };
  const SHOWN_OUT = [[['live:closed', { reason: 'logged-out' }]], 'io server disconnect'];

  it('by logging out is shown out within a second, and others stay', async () => {
    const live = await startLive();
    const [session, otherSession] = [await live.logIn(), await live.logIn()];
    const withSession = (token: string) => live.join({ extraHeaders: { cookie: `perista_session=${token}` } });
    const [client, tab, other] = [
      await withSession(session),
      await withSession(session),
      await withSession(otherSession),
    ];
    await subscribe(live, client);
    const logOut = () => live.call('DELETE', '/api/session', { session });
    expect(await shownOut(live, client, logOut)).toEqual(SHOWN_OUT);
    await live.eventually(() => !tab.connected, 'the other tab is shown out, too');
    await subscribe(live, other);
    const again = { extraHeaders: { cookie: `perista_session=${session}` } };
    expect((await live.refused(again)).data).toEqual({ code: 'E401' });
  });

  it('by revoking its API token is shown out, wherever the token stood', async () => {
    const live = await startLive();
    const session = await live.logIn();
    for (const place of ['handshake', 'header']) {
      const payload = { name: place, role: 'viewer' };
      const { id, token } = (await live.call('POST', '/api/tokens', { session, payload })).json();
      const options = place === 'header' ? { extraHeaders: { authorization: `Bearer ${token}` } } : { auth: { token } };
      const client = await live.join({ extraHeaders: {}, ...options });
      await subscribe(live, client);
      const revoke = () => live.call('DELETE', `/api/tokens/${id}`, { session });
      expect(await shownOut(live, client, revoke)).toEqual(SHOWN_OUT);
      expect((await live.refused(options)).message).toMatch(/API token .* was revoked/);
    }
  });

  it('by time is shown out within a second', async () => {
    const live = await startLive();
    const session = await live.logIn();
    const payload = { name: 'for a day', role: 'viewer', expires_in_days: 1 };
    const { token } = (await live.call('POST', '/api/tokens', { session, payload })).json();
    live.clock.stepWall(86_400_000 - 10_000);
    const client = await live.join({ extraHeaders: {}, auth: { token } });
    expect(await shownOut(live, client, () => live.clock.advance(10_000))).toEqual(SHOWN_OUT);
  });
});

describe('a client that sends nonsense', () => {
  it('is ignored or disconnected, and the server goes on', async () => {
    const live = await startLive();
    const client = await live.join();
    const send = client.emit.bind(client) as (name: string, ...args: unknown[]) => unknown;
    for (const name of ['error', 'nonsense', '__proto__', 'subscribe:device']) send(name, { a: 1 }, () => {});
    for (const args of [[7], [{}], ['x', { y: [] }], [null]]) send('subscribe:pumps', ...args);
    send('unsubscribe:pumps', 'x');
    expect((await subscribe(live, client)).seq).toBe(1);

    for (const packet of [
      '',
      '9',
      '4',
      '42',
      '42[',
      '42["subscribe:pumps"',
      '42{}',
      '451-["x"]',
      '40/other,',
      '4'.repeat(9_000),
    ]) {
      const { tcp, send: write } = await live.joinRaw();
      write(packet);
      tcp.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
      await live.eventually(
        () => tcp.closed || tcp.readableEnded,
        `the connection after ${packet.slice(0, 20)} is over`,
      );
    }
    expect((await subscribe(live, client)).pumps).toHaveLength(1);
  });
});

describe('a viewer that stops reading', () => {
  it('is closed as too slow once 1 MB waits for it, and others are served meanwhile', async () => {
    const live = await startLive();
    const heard = listen(await live.join());
    const other = await live.join();
    await subscribe(live, other);
    const heardByOther = listen(other);
    const paused = await live.joinRaw();
    paused.send('421["subscribe:pumps"]');
    await live.eventually(() => paused.received().includes('431['), 'it gets its snapshot');
    paused.tcp.pause();

    const long = { ...EVENT, kind: 'long', dose_id: null, data: { text: 'x'.repeat(20_000) } };
    const heardEvents = () => names(heardByOther).filter((name) => name === 'event').length;
    let told = 0;
    await live.eventually(() => {
      // In step with who keeps up, so that it is the paused one alone that does not.
      if (told - heardEvents() < 10) live.bus.publish('event', { ...long, seq: ++told });
      return live.log.lines.some((line) => line.includes('too-slow'));
    }, 'it is closed');
    await live.eventually(() => heardEvents() === told, 'others get all');
    expect(heard).toEqual([]);
    expect(other.connected).toBe(true);
  });
});

describe('the gateway that stops', () => {
  it('tells viewers, so that they come back by themselves, and does not wait for one that stopped reading', async () => {
    const live = await startLive();
    const client = await live.join();
    await subscribe(live, client);
    const heard = listen(client);
    let reason = '';
    client.on('disconnect', (why) => {
      reason = why;
    });
    const paused = await live.joinRaw();
    paused.tcp.pause();
    let isStopped = false;
    void live.gateway.stop().then(() => {
      isStopped = true;
    });
    await live.eventually(() => isStopped && reason !== '', 'it stops');
    expect([heard.at(-1), reason]).toEqual([['live:closed', { reason: 'server-stopping' }], 'transport close']);
    await live.refused({ extraHeaders: { cookie: await live.cookie() } });
    await live.app.close();
  });
});
