// Proves of the Settings screen, with real processes, a real Mosquitto and a real browser: what is saved is said to apply after a restart and
// then does, what is fixed elsewhere says so, the state of the broker follows what happens to it, and its test passes and fails with a reason.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { About, MqttState, Settings } from '@perista/protocol/api';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isLive, openLoggedIn } from '../harness/browser.ts';
import { ApiClient, PASSWORD, startUnit, type TestUnit, until } from '../harness/index.ts';
import { BROKER_PASSWORD, BROKER_USER, Mosquitto } from '../harness/mosquitto.ts';
import { barriersOf, lossesOf, RULES_OF_COLOUR, textsOf } from '../harness/page-checks.ts';
import { takePicture } from '../harness/picture.ts';
import { button, dialogIsGone, press, type } from './keyboard.ts';
import { englishAmong, LANGUAGES, type Language } from './languages.ts';

const RESTARTED_WITHIN_MS = 60_000;
const SEEN_WITHIN_MS = 90_000;
const PUMP = 'ph-down';
/** Several restarts, and a broker that is found again within a minute. */
const LONG_MS = 300_000;

let broker: Mosquitto;
let unit: TestUnit;
beforeAll(async () => {
  broker = await Mosquitto.start();
  unit = await startUnit({ env: { NODE_EXTRA_CA_CERTS: broker.certificate, PERISTA_LOG_LEVEL: 'warn' } });
});

type SettingsWords = (typeof LANGUAGES)[Language]['words']['settings'];

const filled = (words: string, values: Readonly<Record<string, string>>) =>
  words.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '');
const open = (path = '/settings', locale = 'en-GB', as = unit.api) => openLoggedIn(unit, { path, locale, as });
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const settings = async () => (await unit.api.request('GET', '/api/settings')).body as Settings;
const zone = async () => ((await unit.api.request('GET', '/api/about')).body as About).timezone;

/** Puts something else into a field that has the focus. */
async function retype(page: Page, target: Locator, text: string): Promise<void> {
  await target.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}

/** Restarts by the button of the screen, and waits until what was saved applies. */
async function restart(page: Page, words: SettingsWords = LANGUAGES.en.words.settings): Promise<void> {
  const former = unit.pid('controller');
  await press(page, button(page, words.restart.now));
  await press(page, button(page.getByRole('dialog'), words.restart.now));
  await dialogIsGone(page);
  await unit.newPid('controller', former);
  await button(page, words.restart.now).waitFor({ state: 'detached', timeout: RESTARTED_WITHIN_MS });
  await isLive(page);
}

async function save(page: Page, words: SettingsWords = LANGUAGES.en.words.settings): Promise<void> {
  await press(page, button(page, words.save));
  await page.getByText(words.saved, { exact: true }).waitFor();
}

describe('the time zone', () => {
  it.each([
    ['en', 'Asia/Tokyo', 'GMT+9'],
    ['pl', 'America/New_York', /\(E[SD]T\)/],
  ] as const)('is changed by keyboard alone, and applies after a restart: %s', async (language, wanted, name) => {
    const { words, locale } = LANGUAGES[language];
    const { settings: of } = words;
    const page = await open('/settings', locale);
    const target = field(page, of.field.site_timezone);
    const former = await zone();
    await retype(page, target, 'Europe/Warszawa');
    await page.getByRole('alert').filter({ hasText: of.wrong.zone }).waitFor();
    expect(await button(page, of.save).isDisabled()).toBe(true);
    await press(page, button(page, of.undo));
    expect(await target.inputValue()).toBe(former);

    await retype(page, target, wanted);
    await page.getByText(typeof name === 'string' ? `(${name})` : name).waitFor();
    await takePicture(`settings-unsaved-${language}`, page);
    await page.keyboard.press('Enter');
    const told = filled(of.restart.needed, { fields: of.field.site_timezone });
    await page.getByText(told).waitFor();
    await page.getByText(filled(of.later, { now: former })).waitFor();
    expect(await zone()).toBe(former);
    expect(JSON.parse(readFileSync(join(unit.dataDir, 'settings.json'), 'utf8'))).toMatchObject({
      site: { timezone: wanted },
    });
    expect(await barriersOf(page)).toEqual([]);
    if (language === 'pl') expect(englishAmong(await textsOf(page))).toEqual([]);

    await restart(page, of);
    expect(await zone()).toBe(wanted);
    await page.getByText(told).waitFor({ state: 'detached' });
    const [event] = await unit.api.events('?kind=settings_changed&limit=1');
    expect(event).toMatchObject({ actor: 'admin', data: { 'site.timezone': { after: wanted } } });
    await takePicture(`settings-${language}`, page);
  });

  it('goes back to what it was without anything saved', async () => {
    const { settings: of } = LANGUAGES.en.words;
    const page = await open();
    await press(page, button(page, filled(of.forget, { value: 'Europe/Warsaw' })));
    await page.getByText(of.forgotten).waitFor();
    await save(page);
    await restart(page);
    expect(await zone()).toBe('Europe/Warsaw');
    await page.getByText(of.source.default).first().waitFor();
  });
});

describe('MQTT', () => {
  const of = LANGUAGES.en.words.settings;
  const state = (page: Page, word: string) =>
    section(page, of.section.mqtt)
      .getByRole('status')
      .filter({ hasText: new RegExp(`^${word}$`) })
      .waitFor({ timeout: SEEN_WITHIN_MS });
  const test = (page: Page) => press(page, button(page, of.mqtt.test));
  const outcome = (page: Page, ...words: string[]) =>
    words
      .reduce((found, hasText) => found.filter({ hasText }), page.getByRole('alert'))
      .waitFor({ timeout: SEEN_WITHIN_MS });

  it('is off, and its test says that there is nothing to test', async () => {
    const page = await open();
    await state(page, of.mqtt.state.off);
    await test(page);
    await outcome(page, 'No MQTT broker is set');
  });

  it('names a wrong password, in its test and in its state', { timeout: LONG_MS }, async () => {
    const page = await open();
    await retype(page, field(page, of.field.mqtt_url), broker.url);
    await retype(page, field(page, of.field.mqtt_username), BROKER_USER);
    await retype(page, field(page, of.field.mqtt_password), 'not-the-password');
    expect(await button(page, of.mqtt.test).isDisabled()).toBe(true);
    await save(page);
    expect(await field(page, of.field.mqtt_password).inputValue()).toBe('');
    await test(page);
    await outcome(page, of.mqtt.step.connect, of.mqtt.cause.login);
    await restart(page);
    await state(page, of.mqtt.state.refused);
    await page.getByText(of.mqtt.cause.login).first().waitFor();
    expect(await page.content()).not.toContain('not-the-password');
    await takePicture('settings-mqtt-refused', page);

    const polish = await open('/settings', 'pl-PL');
    const { settings: pl } = LANGUAGES.pl.words;
    await polish.getByText(pl.mqtt.cause.login).waitFor();
    expect(await barriersOf(polish)).toEqual([]);
    expect(englishAmong(await textsOf(polish))).toEqual([]);
  });

  it('with the right one tests well before it applies, and then follows the life of the broker', {
    timeout: LONG_MS,
  }, async () => {
    const page = await open();
    await retype(page, field(page, of.field.mqtt_password), BROKER_PASSWORD);
    await save(page);
    await test(page);
    await page.getByRole('alert').filter({ hasText: 'The test passed' }).waitFor();
    await restart(page);
    await state(page, of.mqtt.state.connected);

    broker.publish(`doser/cmd/${PUMP}/dose`, { volume_ml: 'much' });
    await page.locator('summary').filter({ hasText: of.mqtt.recent }).click();
    await page
      .getByRole('row')
      .filter({ hasText: `doser/cmd/${PUMP}/dose` })
      .filter({ hasText: 'much' })
      .waitFor();
    await page.locator('summary').filter({ hasText: of.mqtt.topics }).click();
    await page.getByText('cmnd/doser/{pump}/dose', { exact: true }).waitFor();
    await takePicture('settings-mqtt-connected', page);

    await broker.kill();
    await state(page, of.mqtt.state.refused);
    await test(page);
    await outcome(page, of.mqtt.cause.unreachable);
    await broker.start();
    await state(page, of.mqtt.state.connected);
    expect(await barriersOf(page)).toEqual([]);
  });
});

describe('the page', () => {
  it('fits a small window, both themes and a viewer', async () => {
    const { settings: of } = LANGUAGES.pl.words;
    const page = await open('/settings', 'pl-PL');
    await field(page, of.field.mqtt_url).waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    await until(async () => (await lossesOf(page)).length === 0, SEEN_WITHIN_MS, 'all fits').catch(() => {});
    expect(await lossesOf(page)).toEqual([]);
    await takePicture('settings-320', page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await barriersOf(page, RULES_OF_COLOUR)).toEqual([]);
    await takePicture('settings-dark', page);
  });

  it('has words for every setting and every topic, in each language', async () => {
    const { topics } = (await unit.api.request('GET', '/api/mqtt')).body as MqttState;
    const { items } = await settings();
    for (const { words } of Object.values(LANGUAGES)) {
      const { field, help, section: sections, mqtt } = words.settings;
      const keys = items.map(({ key }) => key.replace('.', '_')).sort();
      expect([Object.keys(field).sort(), Object.keys(help).sort()]).toEqual([keys, keys]);
      expect(Object.keys(sections).sort()).toEqual([...new Set(items.map(({ key }) => key.split('.')[0]))].sort());
      expect(Object.keys(mqtt.topicOf).sort()).toEqual(topics.map(({ name }) => name).sort());
    }
  });

  it('shows a viewer everything and changes nothing', async () => {
    await unit.api.request('POST', '/api/users', { username: 'maria', password: PASSWORD, role: 'viewer' });
    const maria = new ApiClient(unit.url);
    await maria.login(PASSWORD, 'maria');
    const { settings: of } = LANGUAGES.en.words;
    const page = await open('/settings', 'en-GB', maria);
    await page.getByText(of.viewer).waitFor();
    expect(await field(page, of.field.site_timezone).isDisabled()).toBe(true);
    expect(await button(page, of.mqtt.test).count()).toBe(0);
    expect(await page.getByRole('button', { name: of.limits.change }).count()).toBe(0);
    expect(await page.content()).not.toContain(BROKER_PASSWORD);
  });

  it('cannot change what the environment says, and names the variable', async () => {
    const { settings: of } = LANGUAGES.en.words;
    const page = await open();
    await page.getByText(filled(of.fixed, { by: 'PERISTA_LOG_LEVEL' })).waitFor();
    expect(await field(page, of.field.log_level).isDisabled()).toBe(true);
    const { status, body } = await unit.api.request('PATCH', '/api/settings', { log: { level: 'debug' } });
    expect([status, body]).toMatchObject([400, { errors: [{ path: 'log.level' }] }]);
  });

  it('asks before what was typed is lost', async () => {
    const { settings: of, nav } = LANGUAGES.en.words;
    const page = await open();
    await retype(page, field(page, of.field.site_doser_id), 'reef');
    await page.getByRole('navigation').getByRole('link', { name: nav.doses }).click();
    await press(page, button(page, of.leave.stay));
    await dialogIsGone(page);
    expect(await field(page, of.field.site_doser_id).inputValue()).toBe('reef');
    await page.getByRole('navigation').getByRole('link', { name: nav.doses }).click();
    await press(page, button(page, of.leave.go));
    await page.getByRole('heading', { name: LANGUAGES.en.words.ledger.title }).waitFor();
    expect((await settings()).needs_restart).toBe(false);
  });

  it('is told at once of what another one saved', async () => {
    const { settings: of } = LANGUAGES.en.words;
    const page = await open();
    await field(page, of.field.site_doser_id).waitFor();
    await unit.api.request('PATCH', '/api/settings', { site: { doser_id: 'elsewhere' } });
    await page.getByText(filled(of.restart.needed, { fields: of.field.site_doser_id })).waitFor();
    await unit.api.request('PATCH', '/api/settings', { site: { doser_id: null } });
    await button(page, of.restart.now).waitFor({ state: 'detached' });
  });

  it('does not restart while a pump doses', async () => {
    const { settings: of } = LANGUAGES.en.words;
    await unit.api.request('PATCH', '/api/settings', { remote_log: { device_id: 'UNIT_7' } });
    const page = await open();
    const former = unit.pid('controller');
    const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 5, duration_s: 30 });
    await press(page, button(page, of.restart.now));
    await press(page, button(page.getByRole('dialog'), of.restart.now));
    await page.getByRole('alert').filter({ hasText: PUMP }).waitFor();
    expect(unit.pid('controller')).toBe(former);
    await unit.api.cancel(dose_id);
    await unit.api.settled(dose_id, SEEN_WITHIN_MS);
  });
});

it.each(['en', 'pl'] as const)('limits are changed by keyboard alone: %s', async (language) => {
  const { words, locale } = LANGUAGES[language];
  const { settings: of, doseForm } = words;
  const page = await open('/settings', locale);
  const name = (await unit.api.pump(PUMP)).name;
  await press(page, button(page, filled(of.limits.changeOf, { pump: name })));
  const dialog = page.getByRole('dialog', { name: filled(of.limits.changeTitle, { pump: name }) });
  await type(page, of.limits.single_ml, '1.000');
  await dialog.getByRole('alert').filter({ hasText: doseForm.wrong.ambiguous }).waitFor();
  await type(page, of.limits.single_ml, '2000');
  await dialog.getByText(/\b(20|22|25|27)\b/).waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await takePicture(`settings-limits-${language}`, page);
  const wanted = language === 'en' ? 90 : 80;
  await type(page, of.limits.single_ml, `${wanted},5`);
  await page.keyboard.press('Enter');
  await dialogIsGone(page);
  await page
    .getByRole('row')
    .filter({ hasText: name })
    .getByText(new RegExp(`^${wanted}[.,]5 ml$`))
    .waitFor();
  expect((await unit.api.pump(PUMP)).limits.single_ml).toBe(wanted + 0.5);
});

it('keeps what was saved for its owner alone', () => {
  expect(existsSync(join(unit.dataDir, 'settings.json'))).toBe(true);
});
