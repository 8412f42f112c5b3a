// Proves with a real Mosquitto and a stock MQTT client that an emulated device can be driven as a device of the field: by
// commands over its topic and by a person at its keys; that its will is told when it is killed; and that a crowd connects.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killHard, runPerista, startUnit, type TestProcess, tempFolder, until } from './harness/index.ts';
import { BROKER_PASSWORD, BROKER_USER, Mosquitto } from './harness/mosquitto.ts';

const TOLD_WITHIN_MS = 30_000;
const START = {
  ...{ flowRateMlMin: 60, plannedTimeMin: 0.1, plannedVolumeMl: 6 },
  bolus: { enabled: false, volumeMl: 0 },
};

interface Heard {
  readonly topic: string;
  readonly retain: boolean;
  readonly body: Record<string, unknown>;
}

let broker: Mosquitto;
let client: MqttClient;
const heard: Heard[] = [];
let commands = 0;

beforeAll(async () => {
  broker = await Mosquitto.start();
  client = await connectAsync(broker.url, {
    username: BROKER_USER,
    password: BROKER_PASSWORD,
    ca: readFileSync(broker.certificate),
  });
  client.on('message', (topic, bytes, { retain }) => heard.push({ topic, retain, body: JSON.parse(String(bytes)) }));
  await client.subscribeAsync('devices/#', { qos: 1 });
});

afterAll(() => client.endAsync());

const access = () => ({
  PERISTA_MQTT_URL: broker.url,
  PERISTA_MQTT_USERNAME: BROKER_USER,
  PERISTA_MQTT_PASSWORD: BROKER_PASSWORD,
  NODE_EXTRA_CA_CERTS: broker.certificate,
});

/** A device, or many, at the broker. */
function run(args: readonly string[], dataDir?: string): TestProcess {
  return runPerista(args, { typing: true, ...(dataDir !== undefined && { dataDir }), env: access() });
}

const on = (id: string, name: string) => heard.filter(({ topic }) => topic === `devices/${id}/${name}`);
const bodies = (id: string, name: string) => on(id, name).map(({ body }) => body);
const lastStatus = (id: string) => bodies(id, 'status').at(-1)?.status;

const isAt = (id: string, status: string) =>
  until(() => lastStatus(id) === status, TOLD_WITHIN_MS, `${id} is ${status}`);

async function send(id: string, command: string, payload: object = {}, commandId = `c-${++commands}`): Promise<string> {
  const issuedAt = new Date().toISOString();
  const message = { v: 1, commandId, command, payload, issuedAt, ttlMs: 60_000, actor: 'anna' };
  await client.publishAsync(`devices/${id}/commands`, JSON.stringify(message), { qos: 1 });
  return commandId;
}

const stages = (id: string, commandId: string) =>
  bodies(id, 'ack')
    .filter((ack) => ack.commandId === commandId)
    .map(({ stage }) => stage);

const hasReached = (id: string, commandId: string, stage: string) =>
  until(() => stages(id, commandId).includes(stage), TOLD_WITHIN_MS, `${commandId} is ${stage}`);

describe('a device with a person at its keys', () => {
  const id = 'PUMP_0001';
  let device: TestProcess;
  beforeAll(async () => {
    device = run(['device', id]);
    await isAt(id, 'idle');
  });

  it('announces itself online, then idle', () => {
    const [first, second] = bodies(id, 'status').map(({ status }) => status);
    expect([first, second]).toEqual(['online', 'idle']);
    expect(bodies(id, 'status')[0]).toMatchObject({ v: 1, boot: 1, seq: 1, activeInfusionId: null });
  });

  it('asks its person for a start, confirms it at "start" and gives all of it', async () => {
    const commandId = await send(id, 'START_INFUSION', { ...START, infusionId: 'i-1' });
    await hasReached(id, commandId, 'received');
    await until(() => device.output().includes('type "start" to accept'), TOLD_WITHIN_MS, 'its person is asked');
    expect(bodies(id, 'infusion')).toEqual([]);
    device.type('start');
    await until(() => bodies(id, 'completion').length > 0, TOLD_WITHIN_MS, 'it is over');
    expect(stages(id, commandId)).toEqual(['received', 'accepted', 'executing', 'done']);
    expect(bodies(id, 'infusion')).toMatchObject([
      { commandId, infusionId: 'i-1', confirmed: true, parameters: { flowRateMlMin: 60 } },
    ]);
    expect(bodies(id, 'completion')[0]).toMatchObject({ infusionId: 'i-1', end: 'completed', deliveredVolumeMl: 6 });
    const delivered = bodies(id, 'progress').map(({ deliveredVolumeMl }) => Number(deliveredVolumeMl));
    expect(delivered).toEqual(delivered.toSorted((one, other) => one - other));
    await isAt(id, 'idle');
    await send(id, 'START_INFUSION', { ...START, infusionId: 'i-1' }, commandId);
    await until(() => bodies(id, 'infusion').length === 2, TOLD_WITHIN_MS, 'the same answer comes again');
    expect(lastStatus(id)).toBe('idle');
  });

  it('does what is typed', async () => {
    const start = await send(id, 'START_INFUSION', {
      ...START,
      plannedTimeMin: 10,
      plannedVolumeMl: 600,
      infusionId: 'i-2',
    });
    await hasReached(id, start, 'received');
    device.type('reject busy with another patient');
    await hasReached(id, start, 'rejected');
    expect(bodies(id, 'infusion').at(-1)).toMatchObject({ confirmed: false, reason: 'busy with another patient' });

    device.type('begin 6 10');
    await isAt(id, 'running');
    const told = on(id, 'progress').length;
    device.type('progress');
    await until(() => on(id, 'progress').length > told, TOLD_WITHIN_MS, 'progress is told');
    device.type('error');
    await isAt(id, 'paused');
    expect(bodies(id, 'error').at(-1)).toMatchObject({ code: 'OCCLUSION', phase: 'start', severity: 'high' });
    device.type('error end');
    device.type('resume');
    await isAt(id, 'running');
    expect(bodies(id, 'actions').map(({ action }) => action)).toEqual(['accept', 'reject', 'begin', 'resume']);
    const stop = await send(id, 'STOP_INFUSION');
    await hasReached(id, stop, 'done');
    expect(bodies(id, 'completion').at(-1)).toMatchObject({ end: 'stopped' });
    device.type('dance');
    await until(() => device.output().includes('there is no "dance"'), TOLD_WITHIN_MS, 'it says what it cannot');
  });

  it('loses its connection, comes back and restarts', async () => {
    device.type('offline');
    await isAt(id, 'offline');
    device.type('online');
    await isAt(id, 'idle');
    device.type('reboot');
    await until(() => bodies(id, 'status').at(-1)?.boot === 2, TOLD_WITHIN_MS, 'it starts for the second time');
  });

  it('is switched off at the end of what is typed, and says so', async () => {
    device.leaveKeys();
    expect((await device.ended).code).toBe(0);
    await isAt(id, 'offline');
    expect(on(id, 'status').filter(({ retain }) => retain)).toEqual([]);
  });
});

it('a device that is killed is offline by its will, and knows afterwards what it had answered', async () => {
  const id = 'PUMP_KILLED';
  const dataDir = tempFolder();
  const device = run(['device', id], dataDir);
  await isAt(id, 'idle');
  const start = await send(id, 'START_INFUSION', {
    ...START,
    plannedTimeMin: 10,
    plannedVolumeMl: 600,
    infusionId: 'k-1',
  });
  await hasReached(id, start, 'received');
  device.type('start');
  await isAt(id, 'running');
  await killHard(device.pid);
  await isAt(id, 'offline');
  expect(bodies(id, 'status').at(-1)).toMatchObject({ boot: 1, session: 1 });
  expect(bodies(id, 'completion')).toEqual([]);

  const next = run(['device', id], dataDir);
  await isAt(id, 'idle');
  expect(bodies(id, 'status').at(-1)).toMatchObject({ boot: 2, activeInfusionId: null, lastResult: null });
  const answers = stages(id, start).length;
  await send(id, 'START_INFUSION', { ...START, infusionId: 'k-1' }, start);
  await until(() => stages(id, start).length > answers, TOLD_WITHIN_MS, 'it answers again');
  expect(stages(id, start).at(-1)).toBe('done');
  expect(lastStatus(id)).toBe('idle');
  next.kill('SIGTERM');
  expect((await next.ended).code).toBe(0);
  await isAt(id, 'offline');
});

it('a device of plain payloads answers without ids', async () => {
  const id = 'PLAIN_1';
  const device = run(['device', id, '--v0', '--auto']);
  await isAt(id, 'idle');
  await send(id, 'START_INFUSION', { ...START, infusionId: 'p-1' });
  await until(() => on(id, 'infusion').length > 0, TOLD_WITHIN_MS, 'it confirms');
  expect(bodies(id, 'infusion')).toEqual([{ confirmed: true, parameters: START }]);
  const isOver = () => bodies(id, 'status').some(({ status }) => status === 'completed');
  await until(isOver, TOLD_WITHIN_MS, 'it says that it is over');
  expect(on(id, 'ack')).toEqual([]);
  device.kill('SIGTERM');
  expect((await device.ended).code).toBe(0);
});

it('fifty devices of one process connect, run and leave', async () => {
  const crowd = run(['devices', '--count', '50', '--prefix', 'CROWD_', '--rate-hz', '2', '--infusing']);
  const ids = Array.from({ length: 50 }, (_, index) => `CROWD_${String(index + 1).padStart(4, '0')}`);
  const all = (is: (id: string) => boolean, what: string) => until(() => ids.every(is), TOLD_WITHIN_MS, what);
  await all((id) => on(id, 'progress').length >= 5, 'each tells progress');
  await until(() => /50 of 50 connected, 50 infusing/.test(crowd.output()), TOLD_WITHIN_MS, 'the line says so');
  crowd.kill('SIGTERM');
  expect((await crowd.ended).code).toBe(0);
  await all((id) => lastStatus(id) === 'offline', 'each is offline');
});

it('devices for a newcomer run beside a unit and leave with it', async () => {
  const unit = await startUnit({ env: { ...access(), PERISTA_DEMO_DEVICES: '2' } });
  await isAt('DEMO_0001', 'idle');
  await isAt('DEMO_0002', 'idle');
  expect(await unit.stop()).toBe(0);
  await isAt('DEMO_0001', 'offline');
  await isAt('DEMO_0002', 'offline');
});

it('what cannot be is refused in words, and nothing is started', async () => {
  const refused = run(['devices', '--count', '0']);
  expect((await refused.ended).code).toBe(2);
  expect(refused.output()).toContain('--count must be a whole number from 1 to 5000, not "0"');
});

it('a device keeps what it knows where it is told to', async () => {
  const file = join(tempFolder(), 'memory.json');
  const device = run(['device', 'PUMP_FILE', '--state', file]);
  await isAt('PUMP_FILE', 'idle');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ boot: 1 });
  device.type('quit');
  expect((await device.ended).code).toBe(0);
});
