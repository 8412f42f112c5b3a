// Proves with two real units that the pumps of one are devices of the other: what is ordered at the hub is a dose of the ledger and
// its ml, a stop stops it, a rule's refusal is told there in words, and a crash in the middle gives nothing twice.
import type { Dose } from '@perista/protocol/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedBroker } from './harness/embedded-broker.ts';
import { killHard, startUnit, type TestUnit, until } from './harness/index.ts';

const PUMP = 'ph-down';
const ID = `rack-${PUMP}`;
const WITHIN_MS = 30_000;
/** Of what the calibration of an emulated pump says; a second motion would be a whole dose more. */
const ERROR_PART = 0.02;

let hub: TestUnit;
let rack: TestUnit;

beforeAll(async () => {
  hub = await startUnit({ env: { PERISTA_MQTT_PORT: '0' } });
  const broker = new EmbeddedBroker(hub);
  await broker.start();
  const env = {
    PERISTA_DOSER_ID: 'rack',
    PERISTA_MQTT_PORT: 'off',
    PERISTA_HUB_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
  };
  rack = await startUnit({ env });
  await isFree();
});
afterAll(async () => {
  await rack?.stop();
  await hub?.stop();
});

interface Device {
  readonly presence: string;
  readonly startBlockedBy: string | null;
  readonly alarms: readonly unknown[];
  readonly infusion: {
    readonly infusionId: string;
    readonly state: string;
    readonly deliveredMl: number | null;
    readonly reason: string | null;
  } | null;
}

const device = async () => (await hub.api.request('GET', `/api/devices/${ID}`)).body as Device;
const infusion = async () => (await device()).infusion;
const isAt = (state: string) =>
  until(async () => (await infusion())?.state === state, WITHIN_MS, `the infusion is ${state}`).catch(async (cause) => {
    throw new Error(`it is ${JSON.stringify(await infusion())}`, { cause });
  });
const order = (volumeMl: number, seconds: number) =>
  hub.api.request('POST', `/api/devices/${ID}/infusions`, {
    ...{ flowRateMlMin: (volumeMl / seconds) * 60, plannedTimeMin: seconds / 60, plannedVolumeMl: volumeMl },
  });
const newestDose = async (): Promise<Dose> => {
  const { body } = await rack.api.request('GET', `/api/doses?pump_id=${PUMP}&limit=1`);
  const [dose] = (body as { items: Dose[] }).items;
  if (dose === undefined) throw new Error('there is no dose');
  return dose;
};
const isFree = () => {
  const isSo = async () => {
    const { presence, startBlockedBy } = await device();
    return presence === 'online' && startBlockedBy === null;
  };
  return until(isSo, WITHIN_MS, 'it can be started at the hub');
};

it('an infusion of the hub is a dose of the ledger, and the hub shows its ml', async () => {
  expect((await order(1, 6)).status).toBe(202);
  await isAt('running');
  await isAt('completed');
  const dose = await newestDose();
  expect(dose).toMatchObject({ state: 'done', actor: 'hub', requested_ml: 1 });
  expect((await infusion())?.deliveredMl).toBe(dose.delivered_ml);
  const { true_ml: trueMl } = await rack.emulator.truth(PUMP);
  expect(Math.abs(trueMl - Number(dose.delivered_ml))).toBeLessThan(ERROR_PART * Number(dose.delivered_ml));
});

it('a stop at the hub stops the pump, and the hub shows what was given', async () => {
  await isFree();
  await order(5, 30);
  await isAt('running');
  await hub.api.request('POST', `/api/devices/${ID}/commands`, { command: 'STOP_INFUSION' });
  await isAt('stopped');
  const dose = await newestDose();
  expect(dose.delivered_ml).toBeLessThan(5);
  expect((await device()).alarms).toEqual([]);
  expect((await infusion())?.deliveredMl).toBe(dose.delivered_ml);
});

it('what a rule of the unit forbids is rejected at the hub, with the reason', async () => {
  await isFree();
  const { true_ml: beforeMl } = await rack.emulator.truth(PUMP);
  await order(50, 60);
  await isAt('rejected');
  expect((await infusion())?.reason).toMatch(/ml/);
  expect(await newestDose()).toMatchObject({ state: 'refused', requested_ml: 50, delivered_ml: 0 });
  expect((await rack.emulator.truth(PUMP)).true_ml).toBe(beforeMl);
});

it('a unit that is killed in the middle gives it once, and the hub is told how it ended', async () => {
  await isFree();
  const { true_ml: beforeMl } = await rack.emulator.truth(PUMP);
  await order(2, 10);
  await isAt('running');
  await killHard(rack.pid('controller'));
  await isAt('completed');
  const dose = await newestDose();
  expect(dose).toMatchObject({ state: 'done', requested_ml: 2 });
  expect((await infusion())?.deliveredMl).toBe(dose.delivered_ml);
  const { true_ml: trueMl } = await rack.emulator.truth(PUMP);
  expect(Math.abs(trueMl - beforeMl - Number(dose.delivered_ml))).toBeLessThan(ERROR_PART * Number(dose.delivered_ml));
});
