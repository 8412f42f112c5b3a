// With real sockets and clients: MQTT 5 and 3.1.1 work without a wait, each client gets what is its own, and no flood, stall or
// malice of one takes the broker from the others.
import { connect as openSocket, Socket } from 'node:net';
import { hostClock, silentLog } from '@perista/core';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AedesBroker, aedesBroker } from './aedes-broker.ts';
import { LIMITS } from './broker-limits.ts';
import type { Knock } from './client-door.ts';
import { type OpenDoor, openTcp } from './node-door.ts';

const names = { doserId: 'doser', homeAssistant: { prefix: 'homeassistant', statusTopic: 'homeassistant/status' } };

let broker: AedesBroker;
let world: OpenDoor;
let own: OpenDoor;
let told: { reason?: unknown; client?: unknown }[];
const clients: MqttClient[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  told = [];
  const log = { ...silentLog, warn: (fields: object) => void told.push(fields) };
  const door = {
    admit: async ({ clientId }: Knock) => ({
      kind: 'admitted' as const,
      principal: { kind: 'anonymous' as const, deviceId: clientId },
    }),
  };
  broker = await aedesBroker({ clock: hostClock(globalThis), log, names, door });
  world = await openTcp({ host: '127.0.0.1', port: 0, most: LIMITS.sockets }, (socket) => broker.takeClient(socket));
  own = await openTcp({ host: '127.0.0.1', port: 0, most: 10 }, (socket) => broker.takeController(socket));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  for (const socket of sockets.splice(0)) socket.destroy();
  const closed = [world.close(), own.close()];
  await broker.close();
  await Promise.all(closed);
});

async function client(options: IClientOptions = {}, { port }: OpenDoor = world): Promise<MqttClient> {
  const settings = { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 20_000, ...options } as const;
  const made = await connectAsync(`mqtt://127.0.0.1:${port}`, settings);
  made.on('error', () => {});
  if (made.stream instanceof Socket) made.stream.setNoDelay(true);
  clients.push(made);
  return made;
}

/** The next message of a client. */
const heard = (listener: MqttClient) =>
  new Promise<{ topic: string; text: string; retain: boolean }>((resolve) => {
    listener.once('message', (topic, bytes, { retain }) => resolve({ topic, text: String(bytes), retain }));
  });

const ended = (some: MqttClient) => new Promise<void>((resolve) => some.once('close', () => resolve()));

/** A client of its own making: sends what no client would. */
async function raw(...packets: (Packet | Buffer)[]): Promise<Socket> {
  const socket = openSocket(world.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  const hello: Packet = { cmd: 'connect', clientId: 'raw', protocolVersion: 5, clean: true, keepalive: 0 };
  for (const packet of [hello, ...packets]) {
    if (!socket.destroyed) socket.write(Buffer.isBuffer(packet) ? packet : generate(packet, { protocolVersion: 5 }));
  }
  return socket;
}
const gone = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.resume().once('close', () => resolve())));

describe.each([4, 5] as const)('MQTT version %i', (protocolVersion) => {
  it('takes an order to the unit and its answer back, at QoS 1, without waiting for anybody', async () => {
    const [orders, news, phone] = await Promise.all([
      client({ protocolVersion }, own),
      client({ protocolVersion }, own),
      client({ protocolVersion }),
    ]);
    orders.on('message', () => void news.publishAsync('doser/stat/ph-down/result', '{}', { qos: 1 }));
    await orders.subscribeAsync('doser/cmd/#', { qos: 1 });
    await phone.subscribeAsync('doser/stat/#', { qos: 1 });
    const tripsMs: number[] = [];
    for (let trip = 0; trip < 20; trip++) {
      const startMs = performance.now();
      const answer = heard(phone);
      await phone.publishAsync('doser/cmd/ph-down/dose', '{"volume_ml":1}', { qos: 1 });
      await answer;
      tripsMs.push(performance.now() - startMs);
    }
    // Nagle's algorithm and delayed acknowledgements make each take 40 ms or more; a busy machine makes some slow.
    expect(Math.min(...tripsMs)).toBeLessThan(30);
  });

  it('refuses what is not for a client', async () => {
    const stranger = await client({ protocolVersion });
    const refused = stranger.publishAsync('doser/stat/ph-down/status', 'idle', { qos: 1 });
    if (protocolVersion === 5) await expect(refused).rejects.toThrow(/not authorized/i);
    else
      await Promise.race([
        ended(stranger),
        refused.then(
          () => expect.unreachable(),
          () => {},
        ),
      ]);
    const listener = await client({ protocolVersion, clientId: 'P2' });
    await expect(listener.subscribeAsync('devices/P1/commands')).rejects.toThrow();
    expect(told.map(({ reason }) => reason)).toContain('it may not publish there');
  });
});

it('tells a client that listens to everything what it may know, and nothing else', async () => {
  const unit = await client({}, own);
  const listener = await client();
  const topics: string[] = [];
  const last = new Promise<void>((resolve) => {
    listener.on('message', (topic) => topics.push(topic) === 2 && resolve());
  });
  await listener.subscribeAsync('#', { qos: 1 });
  await unit.publishAsync('devices/P1/commands', '{}', { qos: 1 });
  await unit.publishAsync('answers/1', '{}', { qos: 1 });
  await unit.publishAsync('doser/stat/ph-down/status', '{}', { qos: 1, retain: true });
  await last;
  expect(topics.toSorted()).toEqual(['answers/1', 'doser/stat/ph-down/status']);
});

it('keeps states for those who come later, and no orders', async () => {
  const device = await client({ clientId: 'P1' });
  await device.publishAsync('devices/P1/status', 'idle', { qos: 1, retain: true });
  await device.publishAsync('doser/cmd/ph-down/dose', '{}', { qos: 1, retain: true });
  const late = await client({}, own);
  const all: string[] = [];
  late.on('message', (topic) => all.push(topic));
  const status = heard(late);
  await late.subscribeAsync(['doser/cmd/#', 'devices/#'], { qos: 1 });
  expect(await status).toEqual({ topic: 'devices/P1/status', text: 'idle', retain: true });
  expect(all).toEqual(['devices/P1/status']);
});

it('tells a client that comes while states change the newest one last', async () => {
  const unit = await client({}, own);
  const pumps = Array.from({ length: 60 }, (_, index) => `doser/stat/p${index}/status`);
  const say = (word: string) =>
    Promise.all(pumps.map((topic) => unit.publishAsync(topic, word, { qos: 1, retain: true })));
  await say('0');
  for (let round = 1; round <= 20; round++) {
    const late = await client();
    const last = new Map<string, string>();
    const all = new Promise<void>((resolve) => {
      late.on('message', (topic, bytes) => {
        last.set(topic, String(bytes));
        if (topic === 'doser/events') resolve();
      });
    });
    await Promise.all([late.subscribeAsync('doser/#', { qos: 1 }), say(String(round))]);
    await unit.publishAsync('doser/events', 'end', { qos: 1 });
    await all;
    // What was kept is told by and by; a new state of it may not be followed by an old one.
    await late.publishAsync('doser/cmd/x/stop', '', { qos: 1 });
    expect(pumps.map((topic) => last.get(topic))).toEqual(pumps.map(() => String(round)));
    await late.endAsync(true);
  }
});

it('publishes the last will of a client that vanishes, if it might have said it itself', async () => {
  const unit = await client({}, own);
  await unit.subscribeAsync('#', { qos: 1 });
  const will = (clientId: string, topic: string) => ({
    clientId,
    will: { topic, payload: Buffer.from('offline'), qos: 1 as const },
  });
  const liar = await client(will('P2', 'devices/P1/status'));
  const device = await client(will('P1', 'devices/P1/status'));
  const liarEnds = ended(liar);
  liar.stream.destroy();
  await liarEnds;
  const word = heard(unit);
  device.stream.destroy();
  expect(await word).toMatchObject({ topic: 'devices/P1/status', text: 'offline' });
});

it('lets nobody take the place of the unit, and the unit its place from anybody', async () => {
  const squatter = await client({ clientId: 'perista-doser-orders' });
  const squatterEnds = ended(squatter);
  const unit = await client({ clientId: 'perista-doser-orders' }, own);
  await squatterEnds;
  await expect(client({ clientId: 'perista-doser-orders' })).rejects.toThrow(/identifier/i);
  expect(unit.connected).toBe(true);
});

it('ends the connections of those who may not be here any more', async () => {
  const [phone, unit] = [await client(), await client({}, own)];
  const end = ended(phone);
  broker.endThose(({ kind }) => kind === 'anonymous');
  await end;
  await unit.publishAsync('doser/events', '{}', { qos: 1 });
});

describe('malice', () => {
  const subscribe = (...topics: string[]): Packet => ({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: topics.map((topic) => ({ topic, qos: 1 })),
  });
  const publish = (topic: string, payload = Buffer.alloc(0)): Packet => ({
    ...{ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false },
  });
  const attacks: readonly (readonly [string, (Packet | Buffer)[]])[] = [
    ['names that objects inherit', [subscribe('a', '__proto__', 'constructor')]],
    [
      'the end of a subscription that nobody has',
      [{ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['__proto__'] }],
    ],
    ['deep topics', [subscribe('/'.repeat(500)), publish('/'.repeat(500))]],
    ['topics of 65 kB', [publish('x'.repeat(65_000))]],
    ['a packet that is too large', [publish('doser/cmd/a/dose', Buffer.alloc(LIMITS.packetBytes))]],
    ['the head of a packet that is too large', [Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])]],
    ['noise', [Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7919) % 256))]],
    ['more than anybody sends', Array.from({ length: LIMITS.packets.burst + 1 }, () => publish('doser/cmd/a/dose'))],
  ];

  it.each(attacks)('%s: the client goes, and the others stay', async (_, packets) => {
    const unit = await client({}, own);
    await unit.subscribeAsync('doser/cmd/#', { qos: 1 });
    await gone(await raw(...packets));
    const phone = await client();
    const order = heard(unit);
    await phone.publishAsync('doser/cmd/ph-down/dose', 'after', { qos: 1 });
    expect(unit.connected).toBe(true);
    for (let next = await order; next.text !== 'after'; next = await heard(unit));
  });

  it('a client that takes nothing of what it subscribed to goes, and holds up nobody', async () => {
    const unit = await client({}, own);
    const sleeper = await raw(subscribe('doser/events'));
    await new Promise((resolve) => sleeper.once('data', resolve));
    sleeper.pause();
    const sleeps = new Promise<void>((resolve) => void sleeper.once('close', () => resolve()));
    const body = Buffer.alloc(60_000);
    // The kernel takes some megabytes on its own account.
    const isTold = () => told.some(({ reason }) => String(reason).includes('does not take'));
    for (let sent = 0; sent < 1_000 && !isTold(); sent++) await unit.publishAsync('doser/events', body, { qos: 1 });
    expect(isTold()).toBe(true);
    sleeper.resume();
    await sleeps;
  });
});
