// Proves with the running product, a real Mosquitto and stock clients: what a remote device tells is seen by whoever may see it under
// the names of the seed, by nobody else, and stays known; and nothing that anybody publishes does harm.
import { readFileSync } from 'node:fs';
import type { Device, DeviceHistory } from '@perista/protocol/api';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, PASSWORD, startUnit, type TestUnit, until } from './harness/index.ts';
import { BROKER_PASSWORD, BROKER_USER, Mosquitto } from './harness/mosquitto.ts';

const TOLD_WITHIN_MS = 20_000;
const BACK_WITHIN_MS = 60_000;
const RECEIVED = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/);

let broker: Mosquitto;
let unit: TestUnit;
const sockets: Socket[] = [];
const devices: MqttClient[] = [];

type Heard = [name: string, news: Readonly<Record<string, unknown>>];

/** A page that knows the names of the seed and nothing of our types. */
async function join(
  cookie = unit.api.cookie,
): Promise<{ socket: Socket; heard: Heard[]; of(name: string): Heard[1][] }> {
  const socket = io(unit.url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie, origin: unit.url },
  });
  sockets.push(socket);
  const heard: Heard[] = [];
  socket.onAny((...news: Heard) => heard.push(news));
  await until(() => socket.connected, TOLD_WITHIN_MS, 'the page is let in');
  return { socket, heard, of: (name) => heard.filter(([each]) => each === name).map(([, news]) => news) };
}

async function device(options: IClientOptions = {}): Promise<MqttClient> {
  const access = { username: BROKER_USER, password: BROKER_PASSWORD, ca: readFileSync(broker.certificate) };
  const client = await connectAsync(broker.url, { ...access, reconnectPeriod: 0, ...options });
  client.on('error', () => {});
  devices.push(client);
  return client;
}

const tell = (client: MqttClient, id: string, name: string, body: unknown, retain = false) =>
  client.publishAsync(`devices/${id}/${name}`, typeof body === 'string' ? body : JSON.stringify(body), {
    qos: 1,
    retain,
  });

const get = async <Answer>(path: string, api = unit.api) => (await api.request('GET', path)).body as Answer;
const look = (id: string) => get<Device>(`/api/devices/${id}`);
const presence = (id: string, expected: string) =>
  until(async () => (await look(id)).presence === expected, TOLD_WITHIN_MS, `${id} is ${expected}`);

/** A page that watches `id`, once it was told how the device is. */
async function watch(id: string) {
  const page = await join();
  page.socket.emit('subscribe:device', { deviceId: id });
  await until(() => page.of('device:snapshot').length > 0, TOLD_WITHIN_MS, 'a snapshot comes');
  return page;
}

const scrape = async () =>
  (await fetch(new URL('/metrics', unit.url), { headers: { cookie: unit.api.cookie } })).text();

/** Whether devices can be heard and commanded. */
const isConnected = async () => (await scrape()).includes('\nperista_fleet_connected 1\n');
const RETAINED_DROPPED = '\nperista_fleet_dropped_total{reason="retained-event"} 2\n';

beforeAll(async () => {
  broker = await Mosquitto.start();
  const access = { PERISTA_MQTT_USERNAME: BROKER_USER, PERISTA_MQTT_PASSWORD: BROKER_PASSWORD };
  unit = await startUnit({
    env: { PERISTA_MQTT_URL: broker.url, ...access, NODE_EXTRA_CA_CERTS: broker.certificate },
  });
  await until(isConnected, TOLD_WITHIN_MS, 'devices can be heard');
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  for (const client of devices.splice(0)) await client.endAsync(true);
});

afterAll(() => broker?.kill());

describe('a page that knows the seed alone', () => {
  it('is told progress, errors, status and confirmations of plain payloads, as they were sent', async () => {
    const [page, client] = [await watch('PUMP_0001'), await device()];
    expect(page.of('device:snapshot')).toMatchObject([{ device: { id: 'PUMP_0001', presence: 'unknown' } }]);
    const bodies = {
      status: { status: 'idle', batteryLevel: 87 },
      infusion: { confirmed: true, parameters: { flowRateMlMin: 2 } },
      progress: { state: 'running', deliveredVolumeMl: 1.5, ward: 'B' },
      error: { type: 'occlusion', severity: 'high', message: 'Line is blocked' },
    };
    for (const [name, body] of Object.entries(bodies)) await tell(client, 'PUMP_0001', name, body);
    await tell(client, 'PUMP_0002', 'progress', { progressPercent: 1 });
    const expected = [
      ['device:status', 'status', bodies.status],
      ['device:infusion:confirmed', 'confirmation', bodies.infusion],
      ['device:progress', 'progress', bodies.progress],
      ['device:error', 'error', bodies.error],
    ] as const;
    await until(() => expected.every(([name]) => page.of(name).length > 0), TOLD_WITHIN_MS, 'all four are told');
    for (const [name, key, body] of expected) {
      expect(page.of(name), name).toEqual([{ deviceId: 'PUMP_0001', [key]: { ...body, receivedAt: RECEIVED } }]);
    }
    page.socket.emit('unsubscribe:device', { deviceId: 'PUMP_0001' });
  });

  it('sees the newest values at once when it subscribes, without waiting for the next', async () => {
    const client = await device();
    await tell(client, 'a', 'progress', { deliveredVolumeMl: 42.5 });
    await until(async () => (await look('a')).progress !== undefined, TOLD_WITHIN_MS, 'it is known');
    const page = await watch('a');
    expect(page.of('device:snapshot')).toMatchObject([{ device: { progress: { deliveredVolumeMl: 42.5 } } }]);
  });
});

describe('who may see', () => {
  it('is nobody without a login', async () => {
    const socket = io(unit.url, { transports: ['websocket'], forceNew: true, reconnection: false });
    sockets.push(socket);
    let refusal: (Error & { data?: unknown }) | undefined;
    socket.on('connect_error', (error) => {
      refusal = error;
    });
    await until(() => refusal !== undefined, TOLD_WITHIN_MS, 'it is refused');
    expect(refusal?.data).toEqual({ code: 'E401' });
    expect((await new ApiClient(unit.url).request('GET', '/api/devices')).status).toBe(401);
  });

  it('is whoever was given the device, as long as that holds', async () => {
    await unit.api.request('POST', '/api/users', { username: 'eve', role: 'operator', password: PASSWORD });
    const eve = new ApiClient(unit.url);
    await eve.login(PASSWORD, 'eve');
    const client = await device();
    for (const id of ['ours', 'theirs']) await tell(client, id, 'status', { status: 'idle' });
    await until(async () => (await look('theirs')).status !== undefined, TOLD_WITHIN_MS, 'both are known');

    const page = await join(eve.cookie);
    const subscribe = (deviceId: string): Promise<unknown> =>
      page.socket.timeout(TOLD_WITHIN_MS).emitWithAck('subscribe:device', { deviceId });
    expect(await subscribe('ours')).toMatchObject({ ok: false, code: 'E403' });
    const give = (deviceIds: string[]) => unit.api.request('PUT', '/api/users/eve/devices', { all: false, deviceIds });
    expect(await give(['ours'])).toEqual({ status: 200, body: { all: false, deviceIds: ['ours'] } });
    expect(await subscribe('ours')).toMatchObject({ ok: true, snapshot: { device: { status: { status: 'idle' } } } });
    expect(await subscribe('theirs')).toMatchObject({ ok: false, code: 'E403' });
    const { items } = await get<{ items: Device[] }>('/api/devices', eve);
    expect(items.map(({ id }) => id)).toEqual(['ours']);
    expect((await eve.request('GET', '/api/devices/theirs')).status).toBe(403);

    await give([]);
    await until(() => page.of('device:closed').length > 0, TOLD_WITHIN_MS, 'the subscription ends');
    await tell(client, 'ours', 'error', { message: 'secret' });
    const other = await watch('ours');
    await tell(client, 'ours', 'error', { message: 'last' });
    await until(() => other.of('device:error').length > 0, TOLD_WITHIN_MS, 'others are told');
    expect(page.of('device:error')).toEqual([]);
  });
});

describe('a device', () => {
  it('that loses its connection is offline by its last will, and online when it is back', async () => {
    const will = {
      topic: 'devices/w/status',
      payload: Buffer.from('{"status":"offline"}'),
      qos: 1,
      retain: true,
    } as const;
    const client = await device({ will });
    await tell(client, 'w', 'status', { status: 'idle' }, true);
    await presence('w', 'online');
    client.stream.destroy();
    await presence('w', 'offline');
    await tell(await device(), 'w', 'status', { status: 'idle' }, true);
    await presence('w', 'online');
  });

  it('stays known over a restart of the server with what it told, and nothing that was retained happens again', async () => {
    const client = await device();
    for (let second = 1; second <= 3; second++) {
      await tell(client, 'h', 'progress', { v: 1, boot: 1, seq: second, deliveredVolumeMl: second });
    }
    await until(async () => (await look('h')).progress?.seq === 3, TOLD_WITHIN_MS, 'all is known');
    const history = await get<DeviceHistory>('/api/devices/h/history');
    expect(history.samples.map(({ deliveredVolumeMl }) => deliveredVolumeMl?.mean)).toEqual([1, 2, 3]);
    // The broker tells these again to whoever subscribes, though they are over.
    await tell(client, 'h', 'infusion', { v: 1, boot: 1, seq: 4, confirmed: true }, true);
    await tell(client, 'h', 'error', { v: 1, boot: 1, seq: 5, message: 'over' }, true);
    const former = unit.pid('controller');
    process.kill(former, 'SIGTERM');
    await unit.newPid('controller', former);
    await until(() => isConnected().catch(() => false), BACK_WITHIN_MS, 'devices can be heard again');
    await until(
      async () => (await scrape()).includes(RETAINED_DROPPED),
      TOLD_WITHIN_MS,
      'what was retained is dropped',
    );
    for (const name of ['infusion', 'error']) await tell(client, 'h', name, '', true);
    expect(await look('h')).toMatchObject({ presence: 'unknown', dialect: 'v1', progress: { deliveredVolumeMl: 3 } });
    await tell(client, 'h', 'progress', { v: 1, boot: 1, seq: 3, deliveredVolumeMl: 99 });
    await tell(client, 'h', 'progress', { v: 1, boot: 1, seq: 6, deliveredVolumeMl: 6 });
    await presence('h', 'online');
    expect((await look('h')).progress).toMatchObject({ deliveredVolumeMl: 6 });
    const csv = await fetch(new URL('/api/devices/h/history/export.csv', unit.url), {
      headers: { cookie: unit.api.cookie },
    });
    const rows = (await csv.text()).trim().split('\r\n');
    expect(rows.map((row) => row.split(',').slice(1, 5).join())).toEqual([
      'boot,seq,flowRateMlMin,deliveredVolumeMl',
      ...[1, 2, 3, 6].map((seq) => `1,${seq},,${seq}`),
    ]);
  });

  it('is not blamed for a broker that is away: the page is told which of them it is', async () => {
    const page = await watch('b');
    await broker.kill();
    await until(() => page.of('broker:state').length > 0, TOLD_WITHIN_MS, 'the broker is named');
    expect(page.of('broker:state')[0]).toMatchObject({ connected: false, reason: expect.any(String) });
    await broker.start();
    await until(() => page.of('broker:state').at(-1)?.connected === true, BACK_WITHIN_MS, 'it is back');
    await tell(await device(), 'b', 'progress', { deliveredVolumeMl: 1 });
    await until(() => page.of('device:progress').length > 0, TOLD_WITHIN_MS, 'the page goes on by itself');
  });
});

describe('whoever means harm', () => {
  it('changes nothing, and others are served on', async () => {
    const [page, client] = [await watch('victim'), await device()];
    await tell(client, 'victim', 'progress', { deliveredVolumeMl: 1 });
    await until(() => page.of('device:progress').length > 0, TOLD_WITHIN_MS, 'it is known');
    const before = (await get<{ items: Device[] }>('/api/devices')).items.map(({ id }) => id);
    const bodies = [
      ...[
        '',
        'null',
        '[]',
        '{',
        '{"deliveredVolumeMl":"5"}',
        '{"deliveredVolumeMl":-1}',
        '{"deliveredVolumeMl":1e999}',
      ],
      ...['{"__proto__":{"admin":true}}', '['.repeat(50_000), `{"x":"${'y'.repeat(100_000)}"}`, '{"v":1,"seq":3}'],
      '\ufffd\u0000',
    ];
    for (const body of bodies) await tell(client, 'victim', 'progress', body);
    for (const id of ['__proto__', 'constructor', 'a b', 'ü', '%2e%2e', 'x'.repeat(200), 'a.b', '<script>']) {
      await tell(client, id, 'progress', { deliveredVolumeMl: 1 });
    }
    for (const topic of [
      'devices/victim/commands',
      'devices/victim/progress/x',
      'devices/progress',
      'devices//progress',
    ]) {
      await client.publishAsync(topic, '{}', { qos: 1 });
    }
    await tell(client, 'victim', 'progress', { deliveredVolumeMl: 2 });
    await until(() => page.of('device:progress').length > 1, TOLD_WITHIN_MS, 'the next good one is told');
    expect(page.of('device:progress').slice(1)).toEqual([
      { deviceId: 'victim', progress: { deliveredVolumeMl: 2, receivedAt: RECEIVED } },
    ]);
    expect((await get<{ items: Device[] }>('/api/devices')).items.map(({ id }) => id)).toEqual(before);
    expect((await unit.api.health()).status).toBe('ok');
  });
});
