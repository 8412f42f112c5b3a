// Proves of the broker that a unit brings along: it refuses what is not for a client, a flood or its death costs no dose, and where
// its port is taken the unit says what to set and doses all the same.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, connect as openSocket } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedBroker } from './harness/embedded-broker.ts';
import { isPerista, killHard, startUnit, type TestUnit, until } from './harness/index.ts';

const PUMP = 'ph-down';
const TOLD_WITHIN_MS = 20_000;
const DOSED_WITHIN_MS = 60_000;

let unit: TestUnit;
let broker: EmbeddedBroker;
beforeAll(async () => {
  unit = await startUnit({ env: { PERISTA_MQTT_PORT: '0', PERISTA_MQTT_PASSWORD: 'a-secret-of-the-unit' } });
  broker = new EmbeddedBroker(unit);
  await broker.start();
  await until(async () => (await unit.api.pump(PUMP)).blocked_by.length === 0, TOLD_WITHIN_MS, 'the pump could dose');
});

const connected = async () => {
  const metrics = await fetch(new URL('/metrics', unit.url), { headers: { cookie: unit.api.cookie } });
  return (await metrics.text()).includes('perista_mqtt_connected 1');
};

it('prints where it is, and knows no secret', async () => {
  expect(unit.process.output()).toContain(`perista: MQTT broker at mqtt://127.0.0.1:${broker.port}`);
  const variables = readFileSync(`/proc/${unit.pid('broker')}/environ`, 'utf8');
  expect(variables).toContain('PERISTA_DATA_DIR');
  expect(variables).not.toMatch(/PASSWORD|TOKEN/);
  await until(connected, TOLD_WITHIN_MS, 'the unit is connected to it');
});

it.each([
  ['the status of a pump', `doser/stat/${PUMP}/status`, 'it may not publish there'],
  ['the events of the unit', 'tele/doser/events', 'it may not publish there'],
  ['the state of another device', 'devices/P2/status', 'it may not publish there'],
  ['commands to a device', 'devices/P1/commands', 'it may not publish there'],
  ['$SYS', '$SYS/broker/uptime', 'it may not publish there'],
])('refuses %s from a client, in words', (_, topic, words) => {
  // By MQTT 5 the client is told why; by 3.1.1 it is disconnected.
  expect(broker.complaint(topic, 'x', '-V', 'mqttv5', '-i', 'P1')).toContain(words);
  expect(broker.complaint(topic, 'x', '-i', 'P1')).toContain('lost');
  expect(broker.complaint('devices/P1/status', 'x', '-i', 'P1')).toBe('');
});

it('doses on in a flood of hostile clients, which the broker survives or not, and is there afterwards', async () => {
  const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 2, duration_s: 8 });
  await until(async () => (await unit.api.pump(PUMP)).state === 'running', TOLD_WITHIN_MS, 'it doses');
  const stopFlood = flood(() => broker.port);
  const dose = await unit.api.settled(dose_id, DOSED_WITHIN_MS);
  stopFlood();
  expect(unit.process.output()).toContain('an MQTT client is sent away');
  expect(dose).toMatchObject({ state: 'done' });
  expect(dose.delivered_ml).toBeCloseTo(2, 1);
  await until(connected, DOSED_WITHIN_MS, 'the unit is connected to its broker');
  expect(JSON.parse(broker.ask(`doser/cmd/${PUMP}/dose`, { volume_ml: 0.5, id: 'afterwards' }))).toMatchObject({
    result: 'accepted',
  });
});

/** Clients that send as much as they can of what nobody should, and come back whenever they are sent away. */
function flood(port: () => number): () => void {
  // CONNECT by 3.1.1 without an id, then publications to an order's topic at QoS 0, or what is no packet at all.
  const hello = Buffer.from('100c00044d5154540402003c0000', 'hex');
  const body = Buffer.concat([Buffer.from([0, 19]), Buffer.from(`doser/cmd/${PUMP}/dose`), Buffer.from('not json')]);
  const orders = Buffer.concat(
    Array.from({ length: 500 }, () => Buffer.concat([Buffer.from([0x30, body.length]), body])),
  );
  const subscribe = Buffer.from('82060001000123' + '00', 'hex');
  const kinds = [Buffer.concat([hello, orders]), Buffer.concat([hello, subscribe]), Buffer.alloc(2_000, 0x82)];
  let isOver = false;
  const sockets = new Set<ReturnType<typeof openSocket>>();
  const attack = (kind: Buffer) => {
    if (isOver) return;
    const socket = openSocket(port(), '127.0.0.1');
    sockets.add(socket);
    const send = () => {
      while (!socket.destroyed && socket.write(kind === kinds[0] ? orders : kind));
    };
    socket.on('connect', () => {
      socket.write(kind);
      send();
    });
    socket.on('drain', send);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      setTimeout(() => attack(kind), 100);
    });
  };
  for (let client = 0; client < 12; client++) attack(kinds[client % kinds.length] as Buffer);
  return () => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  };
}

describe('opened to the network', () => {
  let open: TestUnit;
  let wide: EmbeddedBroker;
  beforeAll(async () => {
    open = await startUnit({ env: { PERISTA_MQTT_PORT: '0', PERISTA_MQTT_HOST: '0.0.0.0' } });
    wide = new EmbeddedBroker(open);
    await wide.start();
  });

  /** Adds a user by the API; as that one at the broker. */
  async function user(body: Readonly<Record<string, string>>): Promise<EmbeddedBroker> {
    const reply = await open.api.request('POST', '/api/mqtt-users', body);
    const { name, password } = reply.body as { name: string; password: string };
    return wide.as(name, password);
  }

  it('lets nobody in without a name or with a wrong password', async () => {
    await user({ name: 'phone', kind: 'doser' });
    const stop = [`doser/cmd/${PUMP}/stop`, '{}'] as const;
    expect(wide.complaint(...stop, '-V', 'mqttv5')).toContain('Not authorized');
    expect(wide.complaint(...stop)).toContain('not authorised');
    expect(wide.as('phone', 'a guess').complaint(...stop)).toContain('bad user name or password');
    expect(wide.as('nobody', 'a guess').complaint(...stop)).toContain('bad user name or password');
  });

  it('lets each user do what it may', async () => {
    const tablet = await user({ name: 'tablet', kind: 'doser' });
    expect(JSON.parse(tablet.ask(`doser/cmd/${PUMP}/stop`, {}))).toMatchObject({ result: 'stopped' });
    const screen = await user({ name: 'screen', kind: 'viewer' });
    expect(screen.complaint(`doser/cmd/${PUMP}/stop`, '{}', '-V', 'mqttv5')).toContain('Not authorized');
    const seen = await screen.listen();
    await until(() => seen().some(({ topic }) => topic === 'doser/availability'), TOLD_WITHIN_MS, 'a viewer is told');
    const device = await user({ name: 'p1', kind: 'device', device_id: 'P1' });
    expect(device.complaint('devices/P1/status', '{"status":"idle"}', '-V', 'mqttv5')).toBe('');
    expect(device.complaint('devices/P2/status', '{"status":"idle"}', '-V', 'mqttv5')).toContain('Not authorized');
    expect(device.complaint(`doser/cmd/${PUMP}/stop`, '{}', '-V', 'mqttv5')).toContain('Not authorized');
  });

  it('ends the connections of a user who is removed', async () => {
    const visitor = await user({ name: 'visitor', kind: 'viewer' });
    const listener = await visitor.listener();
    expect((await open.api.request('DELETE', '/api/mqtt-users/visitor')).status).toBe(204);
    await until(
      () => /bad user name or password/i.test(listener.output()),
      TOLD_WITHIN_MS,
      'it is refused when it returns',
    );
    const { items } = (await open.api.request('GET', '/api/mqtt-users')).body as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).not.toContain('visitor');
  });
});

it('is restarted on its port when it is killed, and ends with the launcher', async () => {
  const { port } = broker;
  await broker.kill();
  await broker.start();
  expect(broker.port).toBe(port);
  await until(connected, TOLD_WITHIN_MS, 'the unit is connected again');
  expect((await unit.api.health()).status).toBe('ok');
  const pid = unit.pid('broker');
  await killHard(unit.process.pid);
  await until(() => !isPerista(pid), TOLD_WITHIN_MS, 'the broker is gone');
});

it('says what to set where the port is taken, and the unit doses all the same', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await until(() => other.listening, TOLD_WITHIN_MS, 'another program listens');
  const { port } = other.address() as { port: number };
  const second = await startUnit({ env: { PERISTA_MQTT_PORT: String(port) } });
  expect(second.process.output()).toMatch(/^perista: ready at /m);
  expect(second.process.output()).toMatch(
    new RegExp(`^perista: note: E309: Port ${port} of 127.0.0.1 is used by another program.*PERISTA_MQTT_PORT`, 'm'),
  );
  const health = await second.api.health();
  expect(health.status).toBe('degraded');
  expect(health.reasons).toEqual([expect.stringContaining(`PERISTA_MQTT_URL=mqtt://127.0.0.1:${port}`)]);
  await until(async () => (await second.api.pump(PUMP)).blocked_by.length === 0, TOLD_WITHIN_MS, 'it could dose');
  const { dose_id } = await second.api.dose(PUMP, { volume_ml: 0.5 });
  expect(await second.api.settled(dose_id, DOSED_WITHIN_MS)).toMatchObject({ state: 'done' });
  other.close();
  await until(
    async () => (await second.api.health()).status === 'ok',
    DOSED_WITHIN_MS,
    'healthy once the port is free',
  );
  expect(await second.stop()).toBe(0);
  // The controller closed its database last, so that all of it is in one file.
  expect(readdirSync(second.dataDir).filter((name) => name.startsWith('perista.sqlite'))).toEqual(['perista.sqlite']);
});
