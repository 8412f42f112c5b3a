// Proves what clients are told of devices: the seed's names and shapes to a stock client, no faster than it reads, and nothing
// without the right to it.
import type {
  DeviceAnswer,
  DeviceClientEvents,
  DeviceClosing,
  DeviceServerEvents,
  DeviceSnapshot,
  FleetAnswer,
} from '@perista/protocol/live';
import type { Socket } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD } from '../http/http-fixture.ts';
import { startLive } from './live-fixture.ts';

type Live = Awaited<ReturnType<typeof startLive>>;
type DeviceClient = Socket<DeviceServerEvents & DeviceClosing, DeviceClientEvents>;

const RECEIVED = expect.stringMatching(/^2026-03-01T07:3\d:\d\d\.\d{3}Z$/);

/** What the device tells, and not what the server makes of it. */
const TOLD = new Set([
  ...['device:progress', 'device:status', 'device:error', 'device:infusion:confirmed'],
  'device:closed',
]);

/** Somebody who may see nothing yet. */
async function joinEve(live: Live): Promise<DeviceClient> {
  const session = await live.logIn();
  const payload = { username: 'eve', role: 'viewer', password: ADMIN_PASSWORD };
  await live.call('POST', '/api/users', { session, payload });
  const cookie = `perista_session=${await live.logIn('eve')}`;
  return (await live.join({ extraHeaders: { cookie } })) as unknown as DeviceClient;
}

const joinAdmin = async (live: Live) => (await live.join()) as unknown as DeviceClient;

const tell = (live: Live, deviceId: string, name: string, body: unknown) =>
  live.broker.deliver(`devices/${deviceId}/${name}`, body);

const give = async (live: Live, rights: { all: boolean; deviceIds: string[] }) => {
  const session = await live.logIn();
  return live.call('PUT', '/api/users/eve/devices', { session, payload: rights });
};

type Heard = [name: string, news: Readonly<Record<string, unknown>>];

function listen(client: DeviceClient): Heard[] {
  const heard: Heard[] = [];
  client.onAny((...args: Heard) => heard.push(args));
  return heard;
}

async function ask<Answer>(live: Live, emit: (answer: (result: Answer) => void) => void): Promise<Answer> {
  let answer: Answer | undefined;
  emit((result) => {
    answer = result;
  });
  await live.eventually(() => answer !== undefined, 'the subscription is answered');
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

const subscribe = (live: Live, client: DeviceClient, deviceId: string) =>
  ask<DeviceAnswer>(live, (answer) => client.emit('subscribe:device', { deviceId }, answer));

async function snapshotOf(live: Live, client: DeviceClient, deviceId: string): Promise<DeviceSnapshot> {
  const answer = await subscribe(live, client, deviceId);
  if (!answer.ok) throw new Error(answer.message);
  return answer.snapshot;
}

/** It knows nothing of our types, and gives no callback. */
const asStock = (client: unknown) => client as Socket;

describe('a stock client that knows the names of the seed and no more', () => {
  it('is told the four things of a device that it subscribed to without a callback', async () => {
    const live = await startLive();
    const client = await joinAdmin(live);
    const heard = listen(client);
    asStock(client).emit('subscribe:device', { deviceId: 'PUMP_0001' });
    await live.eventually(() => heard.length === 1, 'a snapshot comes');
    expect(heard[0]).toMatchObject([
      'device:snapshot',
      {
        broker: { connected: true, reason: null },
        device: { id: 'PUMP_0001', presence: 'unknown', firstSeenAt: null },
      },
    ]);
    const bodies = {
      status: { status: 'idle' },
      infusion: { confirmed: true },
      progress: { progressPercent: 40 },
      error: { message: 'Air in line' },
    };
    for (const [name, body] of Object.entries(bodies)) tell(live, 'PUMP_0001', name, body);
    tell(live, 'PUMP_0002', 'progress', { progressPercent: 1 });
    const ours = () => heard.filter(([name]) => TOLD.has(name));
    await live.eventually(() => ours().length === 4, 'all four are told');
    const deviceId = 'PUMP_0001';
    expect(ours()).toEqual([
      ['device:infusion:confirmed', { deviceId, confirmation: { confirmed: true, receivedAt: RECEIVED } }],
      ['device:error', { deviceId, error: { message: 'Air in line', receivedAt: RECEIVED } }],
      ['device:status', { deviceId, status: { status: 'idle', receivedAt: RECEIVED } }],
      ['device:progress', { deviceId, progress: { progressPercent: 40, receivedAt: RECEIVED } }],
    ]);
    client.emit('unsubscribe:device', { deviceId });
    await live.eventually(() => live.fleet.streams.deviceStreams.size === 0, 'it watches no more');
  });

  it('that may not see the device is told so, and then nothing', async () => {
    const live = await startLive();
    const client = await joinEve(live);
    const heard = listen(client);
    asStock(client).emit('subscribe:device', { deviceId: 'a' });
    await live.eventually(() => heard.length > 0, 'it is refused');
    tell(live, 'a', 'progress', {});
    expect(await subscribe(live, client, 'a')).toMatchObject({ ok: false, code: 'E403' });
    expect(heard).toEqual([
      ['device:closed', { deviceId: 'a', code: 'E403', message: 'eve was not given the device a' }],
    ]);
  });
});

describe('a subscription', () => {
  it('begins with everything that is known, and tells of several devices at once', async () => {
    const live = await startLive();
    tell(live, 'a', 'status', { status: 'running' });
    tell(live, 'a', 'progress', { deliveredVolumeMl: 7 });
    const client = await joinAdmin(live);
    expect((await snapshotOf(live, client, 'a')).device).toMatchObject({
      ...{ presence: 'online', status: { status: 'running' }, progress: { deliveredVolumeMl: 7 } },
      ...{ infusion: null, commands: [], alarms: [], startBlockedBy: { code: 'E503' } },
    });
    await snapshotOf(live, client, 'b');
    const heard = listen(client);
    for (const id of ['a', 'b']) tell(live, id, 'error', { message: id });
    await live.eventually(() => heard.filter(([name]) => name === 'device:error').length === 2, 'both are told');
  });

  it.each([undefined, null, 7, 'PUMP_0001', {}, { deviceId: 7 }, { deviceId: 'a/b' }, { deviceId: '__proto__' }])(
    'to %j is refused, naming the rule',
    async (asked) => {
      const live = await startLive();
      const client = await joinAdmin(live);
      const answer = ask<DeviceAnswer>(live, (done) => client.emit('subscribe:device', asked as never, done));
      expect(await answer).toMatchObject({ ok: false, code: 'E402', message: expect.stringContaining('deviceId') });
    },
  );

  it('tells the latest values at most ten times a second, and all that happens', async () => {
    const live = await startLive();
    const client = await joinAdmin(live);
    await snapshotOf(live, client, 'a');
    const heard = listen(client);
    const begunMs = live.clock.monotonicMs();
    for (let count = 0; count < 200; count++) {
      tell(live, 'a', 'progress', { progressPercent: count });
      if (count % 10 === 0) tell(live, 'a', 'error', { message: `${count}` });
      await live.clock.advance(5);
    }
    const last = () => heard.findLast(([name]) => name === 'device:progress');
    await live.eventually(() => JSON.stringify(last() ?? '').includes('199'), 'the last value comes');
    const times = heard.filter(([name]) => name === 'device:progress').length;
    expect(times).toBeLessThanOrEqual(1 + (live.clock.monotonicMs() - begunMs) / 100);
    const errors = heard.filter(([name]) => name === 'device:error').map(([, news]) => JSON.stringify(news));
    expect(errors).toHaveLength(20);
    expect(errors[19]).toContain('"190"');
  });

  it('tells that a device fell silent, and that the broker is away', async () => {
    const live = await startLive();
    const client = await joinAdmin(live);
    tell(live, 'a', 'status', { status: 'idle', periodS: 1 });
    await snapshotOf(live, client, 'a');
    const heard = listen(client);
    await live.eventually(() => heard.some(([, news]) => news.presence === 'stale'), 'stale');
    live.broker.isAway = true;
    live.broker.lose();
    await live.eventually(() => heard.some(([name]) => name === 'broker:state'), 'the broker is named');
    expect(heard.find(([name]) => name === 'broker:state')).toMatchObject(['broker:state', { connected: false }]);
  });

  it('ends when the right to it is taken away, and the client is told', async () => {
    const live = await startLive();
    const client = await joinEve(live);
    expect((await give(live, { all: false, deviceIds: ['a', 'b'] })).json()).toEqual({
      ...{ all: false, deviceIds: ['a', 'b'] },
    });
    for (const id of ['a', 'b']) await snapshotOf(live, client, id);
    const all = listen(client);
    const heard = () => all.filter(([name]) => TOLD.has(name));
    await give(live, { all: false, deviceIds: ['b'] });
    await live.eventually(() => heard().length > 0, 'it is told');
    for (const id of ['a', 'b']) tell(live, id, 'error', {});
    await live.eventually(() => heard().length > 1, 'the other goes on');
    expect(heard().map(([name, news]) => [name, news.deviceId])).toEqual([
      ['device:closed', 'a'],
      ['device:error', 'b'],
    ]);
  });
});

describe('a viewer that stops reading', () => {
  it('holds little, holds nobody up, and sees the newest values when it goes on', async () => {
    const live = await startLive();
    const paused = await live.joinRaw();
    paused.send('42["subscribe:device",{"deviceId":"a"}]');
    await live.eventually(() => paused.received().includes('device:snapshot'), 'it gets its snapshot');
    paused.tcp.pause();
    const other = await joinAdmin(live);
    await snapshotOf(live, other, 'a');
    const heard = listen(other);
    const errors = () => heard.filter(([name]) => name === 'device:error').length;
    const note = 'x'.repeat(10_000);
    let told = 0;
    // More than sockets and queue hold together.
    for (; told < 1_500; told++) {
      tell(live, 'a', 'error', { note, told });
      if (told % 20 > 0) continue;
      await live.eventually(() => errors() > told - 20, 'the other keeps up');
      // It is there, and answers pings that it does not read.
      paused.send('3');
    }
    tell(live, 'a', 'progress', { deliveredVolumeMl: 123.5 });
    paused.tcp.resume();
    const tail = () => paused.received().slice(-60_000);
    await live.eventually(() => tail().includes('123.5'), 'the newest value comes');
    expect(tail()).toContain('device:snapshot');
    expect(live.log.lines.some((line) => line.includes('too-slow'))).toBe(false);
  }, 30_000);

  it('for too long is closed, with the reason', async () => {
    const live = await startLive();
    const paused = await live.joinRaw();
    paused.send('42["subscribe:device",{"deviceId":"a"}]');
    await live.eventually(() => paused.received().includes('device:snapshot'), 'it gets its snapshot');
    paused.tcp.pause();
    const note = 'x'.repeat(10_000);
    await live.eventually(() => {
      tell(live, 'a', 'progress', { note });
      tell(live, 'a', 'error', { note });
      return live.log.lines.some((line) => line.includes('too-slow'));
    }, 'it is closed');
  });
});

describe('the fleet', () => {
  it('is told as a list: all that one may see, then what changes', async () => {
    const live = await startLive();
    const client = await joinEve(live);
    await give(live, { all: false, deviceIds: ['a', 'b'] });
    tell(live, 'a', 'progress', { progressPercent: 10, timeRemainingMin: 5 });
    tell(live, 'secret', 'progress', {});
    const answer = await ask<FleetAnswer>(live, (done) => client.emit('subscribe:fleet', done));
    expect(answer).toMatchObject({
      ok: true,
      snapshot: { devices: [{ id: 'a', presence: 'online', progress: { timeRemainingMin: 5 }, alarms: [] }] },
    });
    const heard = listen(client);
    tell(live, 'b', 'status', { status: 'idle', batteryLevel: 70 });
    tell(live, 'secret', 'progress', {});
    await live.eventually(() => heard.length > 0, 'a device comes');
    expect(heard).toMatchObject([['fleet:device', { device: { id: 'b', status: { status: 'idle' } } }]]);
    await give(live, { all: false, deviceIds: ['b', 'secret'] });
    await live.eventually(() => heard.length === 3, 'devices come and go');
    expect(heard.slice(1).map(([name]) => name)).toEqual(['fleet:removed', 'fleet:device']);
  });
});

describe('a tool on the plain WebSocket', () => {
  it('is told of devices that it asks for, numbered', async () => {
    const live = await startLive();
    const client = await live.joinPlain();
    client.socket.send(JSON.stringify({ event: 'subscribe:device', data: { deviceId: 'a' } }));
    const ours = () =>
      client.heard.filter(({ event }) => event === 'error' || TOLD.has(event) || event === 'device:snapshot');
    await live.eventually(() => ours().length === 1, 'a snapshot comes');
    tell(live, 'a', 'infusion', { confirmed: false, reason: 'busy' });
    await live.eventually(() => ours().length === 2, 'a message comes');
    expect(ours()).toMatchObject([
      { event: 'device:snapshot', data: { device: { id: 'a' } }, seq: 1 },
      { event: 'device:infusion:confirmed', data: { deviceId: 'a', confirmation: { reason: 'busy' } }, seq: 2 },
    ]);
    client.socket.send(JSON.stringify({ event: 'subscribe:device', data: { deviceId: 'a b' } }));
    await live.eventually(() => ours().length > 2, 'it is refused');
    expect(ours().at(-1)).toMatchObject({ event: 'error', data: { code: 'E402' }, seq: null });
  });
});
