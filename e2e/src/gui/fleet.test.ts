// Proves of remote devices, with the real unit, its broker, emulated devices and a real browser: what one sees is true, fresh or said
// to be old; a start is one command whatever one presses; its wait tells each stage, and an unknown outcome is never called a failure.
import { mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom } from '@perista/core';
import type { DeviceAlarm } from '@perista/protocol/api';
import { type DeviceOptions, InfusionDevice, volatileMemory } from '@perista/simulator/infusion-device';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLoggedIn, tabTo, visit } from '../harness/browser.ts';
import { EmbeddedBroker } from '../harness/embedded-broker.ts';
import { HandDevice } from '../harness/hand-device.ts';
import { killHard, startUnit, type TestUnit, until } from '../harness/index.ts';
import { barriersOf, lossesOf } from '../harness/page-checks.ts';
import { button, press } from './keyboard.ts';
import { LANGUAGES } from './languages.ts';

const THERE_WITHIN_MS = 20_000;
const { fleet: f } = LANGUAGES.en.words;
const PARAMETERS = { flowRateMlMin: 2, plannedTimeMin: 30, plannedVolumeMl: 60 };
const BEGIN = { action: 'begin', parameters: { ...PARAMETERS, bolus: { enabled: false, volumeMl: 0 } } } as const;

let unit: TestUnit;
let broker: EmbeddedBroker;
const devices = new Set<{ stop(): Promise<void> }>();
beforeAll(async () => {
  unit = await startUnit({ env: { PERISTA_MQTT_PORT: '0' } });
  broker = new EmbeddedBroker(unit);
  await broker.start();
});
afterAll(() => Promise.all([...devices].map((device) => device.stop())));

const url = () => `mqtt://127.0.0.1:${broker.port}`;
let count = 0;
const newId = () => `PUMP_${String(++count).padStart(4, '0')}`;

/** An emulated device that the server sees online. */
async function plug(options: Partial<DeviceOptions> = {}): Promise<InfusionDevice> {
  const ports = {
    clock: hostClock(globalThis),
    random: hostRandom(globalThis.crypto),
    broker: mqttJsBroker({ url: url() }),
  };
  const device = new InfusionDevice(ports, { id: newId(), memory: volatileMemory(), ...options });
  devices.add(device);
  device.start();
  await isOnline(device.id);
  return device;
}

async function byHand(): Promise<HandDevice> {
  const device = await HandDevice.start(url(), newId());
  onTestFinished(() => device.end());
  await isOnline(device.id);
  return device;
}

const told = async (id: string) => (await unit.api.request('GET', `/api/devices/${id}`)).body as Told;
interface Told {
  readonly presence: string;
  readonly alarms: DeviceAlarm[];
  readonly infusion: { readonly infusionId: string; readonly state: string } | null;
}
const isOnline = (id: string) =>
  until(async () => (await told(id)).presence === 'online', THERE_WITHIN_MS, `${id} is online`);
const stateOf = async (id: string) => (await told(id)).infusion?.state;

const devicePage = (id: string) => openLoggedIn(unit, { path: `/devices/${id}` });
const number = (page: Page, name: string): Locator =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');
const chip = number;
const tile = (page: Page, id: string): Locator => page.getByRole('listitem').filter({ hasText: id }).getByRole('link');

/** Fills the wizard by keyboard, up to the step where one starts. */
async function toReview(page: Page, { rate = '2', time = '30' } = {}): Promise<void> {
  await press(page, button(page, f.wizard.skip));
  await fill(page, f.wizard.rate, rate);
  await fill(page, f.wizard.time, time);
  await press(page, button(page, f.wizard.next));
  await button(page, f.wizard.start).waitFor();
}

async function fill(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

/** Starts an infusion on a device and gives the page on which it is waited for. */
async function start(id: string): Promise<Page> {
  const page = await openLoggedIn(unit, { path: `/devices/${id}/infuse` });
  await toReview(page);
  await press(page, button(page, f.wizard.start));
  await page.getByRole('dialog').waitFor();
  return page;
}

const stage = (page: Page, name: string, mark: string) =>
  page.locator(`[data-stage="${name}"][data-mark="${mark}"]`).waitFor();

describe('what one sees of a device', () => {
  it('is there at once, from what was told before (1)', async () => {
    const device = await plug({ periodMs: 600_000 });
    device.press(BEGIN);
    await until(async () => (await stateOf(device.id)) === 'running', THERE_WITHIN_MS, 'it runs');
    device.tell('progress');
    const page = await openLoggedIn(unit, { path: '/' });
    await page.getByRole('link', { name: LANGUAGES.en.words.nav.devices }).click();
    await tile(page, device.id).waitFor();
    const startedMs = performance.now();
    await tile(page, device.id).click();
    await number(page, f.now.rate)
      .filter({ hasText: /^[12][.\d]* ml\/min$/ })
      .waitFor();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('turns grey and counts when it is silent, and says when it is offline (3)', async () => {
    const device = await plug();
    const page = await devicePage(device.id);
    await chip(page, f.chips.device).filter({ hasText: f.presence.online }).waitFor();
    device.hush(600_000);
    await chip(page, f.chips.data)
      .filter({ hasText: /stale \d+ s/ })
      .waitFor();
    await page.locator('dl[data-stale]').waitFor();
    device.loseConnection();
    await chip(page, f.chips.device).filter({ hasText: f.presence.offline }).waitFor();
    await page
      .getByRole('alert')
      .filter({ hasText: /offline/ })
      .waitFor();
    expect(await button(page, f.control.start).isDisabled()).toBe(true);
    await page.getByText(/It cannot be started now: .*offline/).waitFor();
  });

  it('is said to be old while the server is gone, and catches up by itself (4)', async () => {
    const device = await plug();
    device.press(BEGIN);
    const page = await devicePage(device.id);
    await number(page, f.now.delivered).filter({ hasText: 'ml' }).waitFor();
    await page.evaluate(() => Object.assign(window, { isSame: true }));
    await killHard(unit.pid('controller'));
    await page.getByText(LANGUAGES.en.words.connection.lost).waitFor();
    await chip(page, f.chips.data).filter({ hasText: /stale/ }).waitFor();
    await chip(page, f.chips.data).filter({ hasText: /told/ }).waitFor({ timeout: 60_000 });
    await number(page, f.now.delivered).filter({ hasText: 'ml' }).waitFor();
    expect(await page.evaluate(() => 'isSame' in window)).toBe(true);
  });

  it('names the broker, not the device, when the broker is gone (5)', async () => {
    const device = await plug();
    const page = await devicePage(device.id);
    await chip(page, f.chips.broker).filter({ hasText: f.chips.up }).waitFor();
    const isDown = chip(page, f.chips.broker).filter({ hasText: f.chips.down }).waitFor();
    await broker.kill();
    await isDown;
    await broker.start();
    await chip(page, f.chips.broker).filter({ hasText: f.chips.up }).waitFor({ timeout: 60_000 });
    await chip(page, f.chips.device).filter({ hasText: f.presence.online }).waitFor({ timeout: 60_000 });
  });

  it('is the same in two browsers within a second (17)', async () => {
    const device = await plug();
    device.press(BEGIN);
    const pages = await Promise.all([devicePage(device.id), devicePage(device.id)]);
    for (const page of pages) await page.getByText(f.state.running, { exact: true }).first().waitFor();
    device.press({ action: 'pause' });
    const shown = await Promise.all(
      pages.map(async (page) => {
        await page.getByText(f.state.paused, { exact: true }).first().waitFor();
        return performance.now();
      }),
    );
    expect(Math.max(...shown) - Math.min(...shown)).toBeLessThan(1_000);
  });
});

describe('the wizard', () => {
  it('never changes what was typed, names the rule, and asks about a tenfold change (6, 7)', async () => {
    const device = await plug();
    device.press(BEGIN);
    await until(async () => (await stateOf(device.id)) === 'running', THERE_WITHIN_MS, 'it runs');
    device.press({ action: 'complete' });
    await until(async () => (await stateOf(device.id)) === 'completed', THERE_WITHIN_MS, 'it is over');
    const first = await start(device.id);
    device.press({ action: 'accept' });
    await first.getByRole('dialog').waitFor({ state: 'detached' });
    device.press({ action: 'stop' });
    await until(async () => (await stateOf(device.id)) === 'stopped', THERE_WITHIN_MS, 'it is over');

    const page = await openLoggedIn(unit, { path: `/devices/${device.id}/infuse` });
    await press(page, button(page, f.wizard.skip));
    await fill(page, f.wizard.rate, '1.000');
    await page.getByText(f.wizard.wrong.ambiguous).waitFor();
    await fill(page, f.wizard.rate, '500');
    await fill(page, f.wizard.time, '3');
    await page.getByText('Must be from 0.001 ml/min to 100 ml/min.').waitFor();
    await fill(page, f.wizard.rate, '2,5');
    await page.getByText('Follows: 7.5 ml').waitFor();
    expect(await page.getByLabel(f.wizard.volume, { exact: true }).inputValue()).toBe('');
    expect(await page.getByLabel(f.wizard.rate, { exact: true }).inputValue()).toBe('2,5');
    await press(page, button(page, f.wizard.next));
    await page.getByText('Time: 3 min, where the last infusion had 30 min.').waitFor();
    await press(page, button(page, f.wizard.leap.go));
    await page.getByText(`${device.id} will infuse 7.5 ml at 2.5 ml/min, in 3 min.`).waitFor();
    await page.getByText(f.wizard.review.notMedical).waitFor();
  });

  it('makes one START of a double click, a held Enter key and a reload (8)', async () => {
    const device = await byHand();
    const page = await openLoggedIn(unit, { path: `/devices/${device.id}/infuse` });
    await toReview(page);
    await button(page, f.wizard.start).dblclick();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const command = await device.command('START_INFUSION');
    await page.reload();
    await dialog.waitFor();
    await device.ack(command, 'received');
    await stage(page, 'received', 'done');
    await device.ack(command, 'accepted');
    await device.confirm(command);
    await dialog.waitFor({ state: 'detached' });
    expect(
      new Set(device.commands.filter((each) => each.command === 'START_INFUSION').map((each) => each.commandId)).size,
    ).toBe(1);
  });
});

describe('waiting for a device', () => {
  it('tells each stage from its acknowledgement, holds the focus, and moves on when it is confirmed (9, 10)', async () => {
    const device = await byHand();
    const page = await start(device.id);
    const dialog = page.getByRole('dialog');
    const command = await device.command('START_INFUSION');
    await stage(page, 'sent', 'done');
    await stage(page, 'received', 'now');
    await device.ack(command, 'received');
    await stage(page, 'accept', 'now');
    await dialog.getByText(/\d+ s left/).waitFor();
    for (let tab = 0; tab < 6; tab++) {
      await page.keyboard.press('Tab');
      expect(
        await dialog.evaluate(
          (element) => element.contains(document.activeElement) || document.activeElement === document.body,
        ),
      ).toBe(true);
    }
    expect(await barriersOf(page)).toEqual([]);
    await device.ack(command, 'accepted');
    const confirmedMs = performance.now();
    await device.confirm(command);
    await dialog.waitFor({ state: 'detached' });
    expect(performance.now() - confirmedMs).toBeLessThan(500);
    await page.getByRole('heading', { name: device.id, exact: true }).waitFor();
    expect(
      await page
        .locator('main')
        .evaluate((main) => main.contains(document.activeElement) || main === document.activeElement),
    ).toBe(true);
    await device.tell('progress', {
      infusionId: command.payload.infusionId,
      state: 'running',
      flowRateMlMin: 2,
      deliveredVolumeMl: 0.25,
    });
    await number(page, f.now.delivered).filter({ hasText: '0.25 ml' }).waitFor();
  });

  it('says who rejected it and why, and keeps the parameters (11)', async () => {
    const device = await plug();
    const page = await start(device.id);
    await stage(page, 'accept', 'now');
    device.press({ action: 'reject', reason: 'the door is open' });
    await page
      .getByText(f.waiting.rejectedWhy.replace('{{id}}', device.id).replace('{{reason}}', 'the door is open'))
      .waitFor();
    await press(page, button(page, f.waiting.keep));
    expect(await page.getByLabel(f.wizard.rate, { exact: true }).inputValue()).toBe('2');
  });

  it('says that the state is unknown when nobody answers, and a late confirmation is told with an alarm (12, 13)', async () => {
    const device = await byHand();
    const page = await start(device.id);
    const command = await device.command('START_INFUSION');
    await device.ack(command, 'received');
    await page.getByText(f.waiting.unanswered, { exact: true }).waitFor({ timeout: 60_000 });
    await device.command('CANCEL');
    expect(await page.locator('body').innerText()).not.toMatch(/fail/i);
    await button(page, f.waiting.retry).waitFor();
    await device.confirm(command);
    await page.getByRole('heading', { name: device.id, exact: true }).waitFor();
    await page.getByText(f.state.late, { exact: true }).waitFor();
    expect((await told(device.id)).alarms).toContainEqual(expect.objectContaining({ kind: 'late-start', state: 'on' }));
    const list = await openLoggedIn(unit, { path: '/devices' });
    await tile(list, device.id).getByText(f.state.late).waitFor();
  });

  it('is not ended by a foreign confirmation (14)', async () => {
    const device = await byHand();
    const page = await start(device.id);
    const command = await device.command('START_INFUSION');
    await device.ack(command, 'received');
    await stage(page, 'accept', 'now');
    const foreign = { commandId: 'another', infusionId: 'somebody-elses', confirmed: true };
    await device.tell('infusion', foreign);
    await device.tell('progress', { flowRateMlMin: 0, deliveredVolumeMl: 0 });
    expect(await stateOf(device.id)).toBe('awaiting_confirmation');
    await stage(page, 'accept', 'now');
    await press(page, button(page.getByRole('dialog'), LANGUAGES.en.words.action.cancel));
    await page.getByText(/The start was called off/).waitFor();
  });
});

describe('a stop', () => {
  it('is one press and one yes, also in a dialog, and stays an alarm until it is proven, also over a restart (15, 16)', async () => {
    const device = await byHand();
    const page = await start(device.id);
    const command = await device.command('START_INFUSION');
    await press(page, button(page.getByRole('dialog'), f.waiting.stop));
    await press(page, button(page.getByRole('dialog'), f.waiting.stopSure.replace('{{id}}', device.id)));
    await device.command('STOP_INFUSION');
    await device.ack(command, 'accepted');
    await device.confirm(command);

    const watch = await devicePage(device.id);
    const alarm = watch.getByRole('alert').filter({ hasText: f.alarms.priority.high });
    await alarm.waitFor();
    await watch.reload();
    await alarm.waitFor();
    await killHard(unit.pid('controller'));
    await watch.getByText(LANGUAGES.en.words.connection.lost).waitFor();
    await watch.getByText(LANGUAGES.en.words.connection.lost).waitFor({ state: 'detached', timeout: 60_000 });
    await alarm.waitFor();
    await press(watch, button(watch, f.alarms.acknowledge).first());
    await watch
      .getByText(/seen by admin/)
      .first()
      .waitFor();
  });

  it('stands on the timeline with who ordered it and what became of it, as CSV too (18)', async () => {
    const device = await plug();
    device.press(BEGIN);
    const page = await devicePage(device.id);
    await page.getByText(f.state.running, { exact: true }).first().waitFor();
    await press(page, button(page, f.control.stop));
    await press(page, button(page, f.control.stopNow));
    await page.getByText(f.state.stopped, { exact: true }).first().waitFor();
    const row = page.getByRole('row').filter({ hasText: 'admin' }).filter({ hasText: /stop/i });
    await row.first().waitFor();
    const csv = await fetch(new URL(`/api/devices/${device.id}/timeline/export.csv`, unit.url), {
      headers: { cookie: unit.api.cookie },
    });
    expect(await csv.text()).toMatch(/admin,user,STOP_INFUSION/);
  });
});

describe('each screen of the fleet', () => {
  it.each([
    ['en', 'light'],
    ['pl', 'dark'],
  ] as const)('keeps nobody out and loses nothing at 320 px: %s, %s', async (language, colorScheme) => {
    const device = await plug();
    device.press(BEGIN);
    const { locale } = LANGUAGES[language];
    const own = `/devices/${device.id}`;
    const page = await openLoggedIn(unit, { locale, colorScheme, viewport: { width: 320, height: 800 } });
    for (const path of ['/devices', own, `${own}/infuse`, `/device-monitor?device=${device.id}`]) {
      await visit(page, new URL(path, unit.url).href);
      await page.getByText(device.id).first().waitFor();
      expect([path, await barriersOf(page)]).toEqual([path, []]);
      expect([path, await lossesOf(page)]).toEqual([path, []]);
    }
  });
});
