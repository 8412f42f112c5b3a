// Proves with a real Mosquitto that a server, a device or a broker that dies in the middle leaves nothing untrue: each state is right again
// within 5 s of the device's return, nothing old or foreign confirms anything, and no command takes effect twice.
import { readFileSync } from 'node:fs';
import type { DeviceAlarm } from '@perista/protocol/api';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type HandCommand, HandDevice } from './harness/hand-device.ts';
import { killHard, startUnit, type TestUnit, until } from './harness/index.ts';
import { BROKER_PASSWORD, BROKER_USER, Mosquitto } from './harness/mosquitto.ts';

const TOLD_WITHIN_MS = 20_000;
const BACK_WITHIN_MS = 60_000;
/** From the device's return until its state is right. */
const RIGHT_WITHIN_MS = 5_000;
const ORDER = { flowRateMlMin: 2, plannedTimeMin: 30 };

let broker: Mosquitto;
let unit: TestUnit;
let count = 0;

beforeAll(async () => {
  broker = await Mosquitto.start();
  const access = { PERISTA_MQTT_USERNAME: BROKER_USER, PERISTA_MQTT_PASSWORD: BROKER_PASSWORD };
  unit = await startUnit({ env: { PERISTA_MQTT_URL: broker.url, ...access, NODE_EXTRA_CA_CERTS: broker.certificate } });
});
afterAll(() => broker?.kill());

interface Told {
  readonly presence: string;
  readonly lastSeenAt: string;
  readonly alarms: readonly DeviceAlarm[];
  readonly infusion: { readonly infusionId: string; readonly state: string } | null;
}

const look = async (id: string): Promise<Told> => (await unit.api.request('GET', `/api/devices/${id}`)).body as Told;
const stateOf = async (id: string) => (await look(id)).infusion?.state;
const isAt = (id: string, state: string, limitMs = TOLD_WITHIN_MS) =>
  until(async () => (await stateOf(id)) === state, limitMs, `the infusion of ${id} is ${state}`);
const order = (id: string) => unit.api.request('POST', `/api/devices/${id}/infusions`, ORDER);

/** A device that the server sees online; `boot`: it has started so often. */
async function plug(id = `WARD_${++count}`, boot = 1): Promise<HandDevice> {
  const access = { username: BROKER_USER, password: BROKER_PASSWORD, ca: readFileSync(broker.certificate) };
  const device = await HandDevice.start(broker.url, id, boot, access);
  onTestFinished(() => device.end());
  await isHeard(id);
  return device;
}

/** Waits until a server has heard the device once more, also one that is only being started. */
async function isHeard(id: string): Promise<void> {
  const fromMs = Date.now();
  const isSo = async () => {
    const { presence, lastSeenAt } = await look(id);
    return presence === 'online' && Date.parse(lastSeenAt) > fromMs;
  };
  await until(isSo, BACK_WITHIN_MS, `${id} is heard`);
}

/** Kills the server; `meanwhile` happens while it is gone. */
async function serverDies(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  await killHard(unit.pid('controller'));
  await meanwhile();
}

const started = (device: HandDevice) => device.commands.filter(({ command }) => command === 'START_INFUSION');
const confirmation = ({ commandId, payload: { infusionId, ...parameters } }: HandCommand) => ({
  ...{ commandId, infusionId, parameters },
  confirmed: true,
});

it('a start that nobody has answered waits on, is confirmed by nothing old, and is sent once', async () => {
  const device = await plug();
  await order(device.id);
  const earlier = await device.command('START_INFUSION');
  await device.ack(earlier, 'rejected', 'not now');
  await isAt(device.id, 'rejected');
  await order(device.id);
  const command = await device.command('START_INFUSION', 2);
  await device.ack(command, 'received');
  await until(
    async () => (await look(device.id)).infusion?.state === 'awaiting_confirmation',
    TOLD_WITHIN_MS,
    'it waits',
  );

  await serverDies(() => device.tell('infusion', confirmation(command), { retain: true }));
  await isHeard(device.id);
  await isAt(device.id, 'awaiting_confirmation', RIGHT_WITHIN_MS);
  await device.tell('infusion', confirmation(earlier));
  await device.tell('infusion', { commandId: 'another', infusionId: 'somebody-elses', confirmed: true });
  const asked = device.commands.length;
  await device.command('GET_STATE');
  expect(asked).toBeGreaterThan(0);
  expect(await stateOf(device.id)).toBe('awaiting_confirmation');

  await device.confirm(command);
  await isAt(device.id, 'running');
  expect(started(device).map(({ commandId }) => commandId)).toEqual([earlier.commandId, command.commandId]);
});

it('an infusion that runs is running again, with what was given meanwhile, and ends as its device says', async () => {
  const device = await plug();
  await order(device.id);
  const command = await device.command('START_INFUSION');
  await device.confirm(command);
  await isAt(device.id, 'running');
  const { infusionId } = command.payload;
  const gave = (deliveredVolumeMl: number) =>
    device.tell('progress', { infusionId, state: 'running', flowRateMlMin: 2, deliveredVolumeMl });
  await gave(1);

  await serverDies(() => gave(2));
  await isHeard(device.id);
  await isAt(device.id, 'running', RIGHT_WITHIN_MS);
  await gave(3);
  const shown = async () =>
    ((await look(device.id)) as unknown as { progress: { deliveredVolumeMl: number } }).progress;
  await until(async () => (await shown()).deliveredVolumeMl === 3, RIGHT_WITHIN_MS, 'what it gave is shown');
  await device.tell('completion', { infusionId, end: 'completed', deliveredVolumeMl: 60 });
  await device.status('idle');
  await isAt(device.id, 'completed');
  expect(started(device)).toHaveLength(1);
});

it('an alarm is there again until it is acknowledged, and then too while its cause lasts', async () => {
  const device = await plug();
  const alarms = async () =>
    (await look(device.id)).alarms.map(({ code, state, acknowledgedBy }) => [code, state, acknowledgedBy]);
  await device.tell('error', { code: 'OCCLUSION', severity: 'high', message: 'The line is blocked', phase: 'start' });
  const holds = [['OCCLUSION', 'on', null]];
  await until(async () => (await alarms()).length > 0, TOLD_WITHIN_MS, 'there is an alarm');
  expect(await alarms()).toEqual(holds);

  await serverDies();
  await isHeard(device.id);
  expect(await alarms()).toEqual(holds);
  const alarmId = (await look(device.id)).alarms[0]?.alarmId;
  expect((await unit.api.request('POST', `/api/alarms/${alarmId}/acknowledge`, {})).status).toBeLessThan(300);
  await serverDies();
  await isHeard(device.id);
  expect(await alarms()).toEqual([['OCCLUSION', 'acknowledged', 'admin']]);
  await device.tell('error', { code: 'OCCLUSION', phase: 'end' });
  await until(async () => (await alarms()).length === 0, RIGHT_WITHIN_MS, 'it is over');
});

it('a device that comes back and knows of nothing leaves its infusion interrupted, and is started by nothing', async () => {
  const device = await plug();
  await order(device.id);
  await device.confirm(await device.command('START_INFUSION'));
  await isAt(device.id, 'running');
  await device.end();
  const again = await plug(device.id, 2);
  await isAt(device.id, 'interrupted', RIGHT_WITHIN_MS);
  expect(started(again)).toEqual([]);
});

it('a broker that dies in a start leaves it waiting, and it is answered when the broker is back', async () => {
  const device = await plug();
  await order(device.id);
  const command = await device.command('START_INFUSION');
  await device.ack(command, 'received');
  await broker.kill();
  await broker.start();
  await isHeard(device.id);
  await isAt(device.id, 'awaiting_confirmation', RIGHT_WITHIN_MS);
  await device.confirm(command);
  await isAt(device.id, 'running', RIGHT_WITHIN_MS);
  expect(new Set(started(device).map(({ commandId }) => commandId)).size).toBe(1);
});
