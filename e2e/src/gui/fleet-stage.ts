// A unit with its own broker and devices at it, and what people do on the screens of the fleet.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom } from '@perista/core';
import type { DeviceAlarm } from '@perista/protocol/api';
import { type DeviceOptions, InfusionDevice, volatileMemory } from '@perista/simulator/infusion-device';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { openLoggedIn, tabTo } from '../harness/browser.ts';
import { EmbeddedBroker } from '../harness/embedded-broker.ts';
import { type HandCommand, HandDevice } from '../harness/hand-device.ts';
import { runPerista, startUnit, type TestProcess, type TestUnit, until } from '../harness/index.ts';
import { button, press } from './keyboard.ts';
import { LANGUAGES } from './languages.ts';

const THERE_WITHIN_MS = 20_000;
const BACK_WITHIN_MS = 60_000;
const { fleet: f } = LANGUAGES.en.words;

/** An infusion that somebody begins at the device itself. */
export const BEGIN = {
  action: 'begin',
  parameters: {
    ...{ flowRateMlMin: 2, plannedTimeMin: 30, plannedVolumeMl: 60 },
    bolus: { enabled: false, volumeMl: 0 },
  },
} as const;

/** What the API tells of a device. */
interface Told {
  readonly presence: string;
  readonly lastSeenAt: string;
  readonly alarms: DeviceAlarm[];
  readonly infusion: { readonly infusionId: string; readonly state: string } | null;
}

export class FleetStage {
  readonly unit: TestUnit;
  readonly broker: EmbeddedBroker;
  readonly #devices: InfusionDevice[] = [];
  readonly #kept: HandDevice[] = [];
  #count = 0;

  private constructor(unit: TestUnit, broker: EmbeddedBroker) {
    this.unit = unit;
    this.broker = broker;
  }

  static async open(): Promise<FleetStage> {
    const unit = await startUnit({ env: { PERISTA_MQTT_PORT: '0' } });
    const broker = new EmbeddedBroker(unit);
    await broker.start();
    return new FleetStage(unit, broker);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#devices.map((device) => device.stop()), ...this.#kept.map((device) => device.end())]);
  }

  /** An emulated device that the server sees online. */
  async plug(options: Partial<DeviceOptions> = {}): Promise<InfusionDevice> {
    const ports = {
      clock: hostClock(globalThis),
      random: hostRandom(globalThis.crypto),
      broker: mqttJsBroker({ url: this.#url }),
    };
    const device = new InfusionDevice(ports, { id: this.#newId(), memory: volatileMemory(), ...options });
    this.#devices.push(device);
    device.start();
    await this.#isOnline(device.id);
    return device;
  }

  /** A device of its own process, with a person at its keys, that the server sees online. */
  async atItsKeys(): Promise<{ readonly id: string; readonly process: TestProcess }> {
    const id = this.#newId();
    const process = runPerista(['device', id], { typing: true, env: { PERISTA_MQTT_URL: this.#url } });
    onTestFinished(async () => {
      process.kill('SIGTERM');
      await process.ended;
    });
    await this.#isOnline(id);
    return { id, process };
  }

  /** A device that says what the test says; one that is kept is there for later tests, too. */
  async byHand({ isKept = false } = {}): Promise<HandDevice> {
    const device = await HandDevice.start(this.#url, this.#newId());
    if (isKept) this.#kept.push(device);
    else onTestFinished(() => device.end());
    await this.#isOnline(device.id);
    return device;
  }

  async told(id: string): Promise<Told> {
    return (await this.unit.api.request('GET', `/api/devices/${id}`)).body as Told;
  }

  async stateOf(id: string): Promise<string | undefined> {
    return (await this.told(id)).infusion?.state;
  }

  async is(id: string, state: string): Promise<void> {
    await until(async () => (await this.stateOf(id)) === state, THERE_WITHIN_MS, `the infusion of ${id} is ${state}`);
  }

  /** Waits until a server has heard the device once more, also one that is only being started. */
  async isHeardAgain(id: string): Promise<void> {
    const fromMs = Date.now();
    const isHeard = async () => Date.parse((await this.told(id)).lastSeenAt) > fromMs;
    await until(() => isHeard().catch(() => false), BACK_WITHIN_MS, `${id} is heard again`);
  }

  /** What the server knows of a device is on the disk now and then. */
  async isWritten(id: string): Promise<void> {
    const database = new DatabaseSync(join(this.unit.dataDir, 'perista.sqlite'), { readOnly: true });
    const row = database.prepare('SELECT seq FROM devices WHERE device_id = ?');
    await until(() => row.get(id) !== undefined, THERE_WITHIN_MS, `${id} is in the database`);
    database.close();
  }

  devicePage(id: string): Promise<Page> {
    return openLoggedIn(this.unit, { path: `/devices/${id}` });
  }

  /** Starts an infusion on a device and gives the page on which it is waited for. */
  async start(id: string): Promise<Page> {
    const page = await openLoggedIn(this.unit, { path: `/devices/${id}/infuse` });
    await toReview(page);
    await press(page, button(page, f.wizard.start));
    await page.getByRole('dialog').waitFor();
    return page;
  }

  /** The command of an infusion that was ordered over the API, once it has come. */
  async ordered(device: HandDevice): Promise<HandCommand> {
    const before = new Set(device.commands.map(({ commandId }) => commandId)).size;
    const order = { flowRateMlMin: 2, plannedTimeMin: 30 };
    const { status } = await this.unit.api.request('POST', `/api/devices/${device.id}/infusions`, order);
    expect(status).toBe(202);
    const isNew = () => device.commands.find(({ command }, index) => command === 'START_INFUSION' && index >= before);
    return until(isNew, THERE_WITHIN_MS, `a START at ${device.id}`);
  }

  get #url(): string {
    return `mqtt://127.0.0.1:${this.broker.port}`;
  }

  #newId(): string {
    return `PUMP_${String(++this.#count).padStart(4, '0')}`;
  }

  async #isOnline(id: string): Promise<void> {
    await until(async () => (await this.told(id)).presence === 'online', THERE_WITHIN_MS, `${id} is online`);
  }
}

/** A number on the page of a device, or a link of its chain, by its name. */
export const number = (page: Page, name: string): Locator =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');

/** A device in the list of the fleet. */
export const tile = (page: Page, id: string): Locator =>
  page.getByRole('listitem').filter({ hasText: id }).getByRole('link');

export const stage = (page: Page, name: string, mark: string): Promise<void> =>
  page.locator(`[data-stage="${name}"][data-mark="${mark}"]`).waitFor();

/** Fills the wizard by keyboard, up to the step where one starts. */
export async function toReview(page: Page, { rate = '2', time = '30' } = {}): Promise<void> {
  await press(page, button(page, f.wizard.skip));
  await fill(page, f.wizard.rate, rate);
  await fill(page, f.wizard.time, time);
  await press(page, button(page, f.wizard.next));
  await button(page, f.wizard.start).waitFor();
}

export async function fill(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}
