import type { Locator, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { liveCableOf } from '../harness/live-cable.ts';
import { DosingScreen } from './dosing-screen.ts';
import type { Words } from './languages.ts';
import { beginSession, failVerification, tellCalibrations } from './told-calibrations.ts';
import { tellPlan } from './told-plan.ts';
import { slotsInEveryState, tellStatus } from './told-status.ts';

export const PUMP = 'ph-down';
export const OTHER = 'nutrient-a';

/** A screen in one of its states, brought about as a person would in any language. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  /** Leads from the loaded page to the scene, and waits for what makes it. */
  readonly show: (page: Page, words: Words) => Promise<unknown>;
}

const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { name, exact: true }).waitFor();
const button = (within: Page | Locator, name: string): Locator => within.getByRole('button', { name, exact: true });
const dialog = (page: Page): Promise<void> => page.getByRole('dialog').waitFor();
const pumpPath = `/pumps/${PUMP}`;

export const BEFORE_THE_FIRST_PASSWORD: readonly Scene[] = [
  {
    name: 'set-up, with a password that is too short',
    path: '/',
    async show(page, { setup }) {
      await heading(page, setup.title);
      await page.keyboard.type('short');
      await page.keyboard.press('Enter');
      await page.getByText(setup.tooShort).waitFor();
    },
  },
];

export const BEFORE_THE_DOOR: readonly Scene[] = [
  { name: 'log-in', path: '/', show: (page, { login }) => heading(page, login.title) },
];

const calibrationPath = `${pumpPath}/calibration`;
const opened = (page: Page, { plot }: Words): Promise<void> => page.getByText(plot.asTable).first().click();

export const AT_REST: readonly Scene[] = [
  {
    name: 'calibration, with the figures of its plots',
    path: calibrationPath,
    async show(page, words) {
      await page.getByRole('img').nth(1).waitFor();
      await opened(page, words);
    },
  },
  {
    name: 'calibration, in the middle of a session',
    path: calibrationPath,
    async show(page, { calibrate }) {
      await tellCalibrations(page, beginSession);
      await page.getByLabel(calibrate.run.unit).selectOption('g');
      await page.getByLabel(calibrate.run.density).fill('9');
      await page.getByText(calibrate.runs.outlier).waitFor();
    },
  },
  {
    name: 'calibration that was not held by its verification, beside another one',
    path: calibrationPath,
    async show(page, { calibrate }) {
      await tellCalibrations(page, failVerification);
      await button(page, calibrate.finish.activate).waitFor();
      await page.getByLabel(calibrate.curve.compare).selectOption({ index: 1 });
    },
  },
  { name: 'overview', path: '/', show: (page) => page.getByRole('figure').nth(1).waitFor() },
  {
    name: 'pump, with the figures of its plots',
    path: pumpPath,
    async show(page, { plot }) {
      await page.getByRole('img').nth(1).waitFor();
      await page.getByRole('row').nth(8).waitFor();
      for (const table of await page.getByText(plot.asTable).all()) await table.click();
    },
  },
  {
    name: 'pump with an order that is ready',
    path: pumpPath,
    async show(page, { doseForm }) {
      await page.getByLabel(doseForm.volume).fill('2,5');
      await page.getByText(doseForm.containerAfter).waitFor();
    },
  },
  {
    name: 'pump with an order that a rule forbids',
    path: pumpPath,
    async show(page, { doseForm }) {
      await page.getByLabel(doseForm.volume).fill('120');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: '120 ml' }).waitFor();
    },
  },
  {
    name: 'pump, asked about a tenfold',
    path: pumpPath,
    async show(page, { doseForm }) {
      await page.getByLabel(doseForm.volume).fill('60');
      await page.keyboard.press('Enter');
      await dialog(page);
    },
  },
  {
    name: 'stop that was not confirmed',
    path: pumpPath,
    async show(page, { stop }) {
      await page.route('**/api/emergency-stop', (route) => route.abort());
      await button(page, stop.label).click();
      await dialog(page);
    },
  },
  {
    name: 'no connection',
    path: pumpPath,
    async show(page, { connection }) {
      const cable = await liveCableOf(page);
      onTestFinished(() => cable.mend());
      await cable.cut();
      await page.getByText(connection.lost).waitFor();
    },
  },
  {
    name: 'containers',
    path: '/containers',
    show: (page, { containers }) =>
      heading(page, containers.title).then(() => page.getByRole('listitem').nth(7).waitFor()),
  },
  {
    name: 'containers, with the level and the refills of one',
    path: '/containers',
    async show(page, { containers, plot }) {
      await page.getByText(containers.more).first().click();
      await page.getByRole('img').first().waitFor();
      await page.getByText(containers.log.none).waitFor();
      await page.getByText(plot.asTable).click();
    },
  },
  {
    name: 'containers, with a refill that does not fit',
    path: '/containers',
    async show(page, { containers }) {
      await button(page, containers.refill).first().click();
      await page.getByLabel(containers.added).last().fill('9999');
      await page.getByRole('dialog').getByRole('alert').filter({ hasText: /\d ml/ }).waitFor();
    },
  },
  {
    name: 'containers, asked for a measured rest',
    path: '/containers',
    async show(page, { containers }) {
      await button(page, containers.measure).first().click();
      await page.getByLabel(containers.rest, { exact: true }).waitFor();
    },
  },
  {
    name: 'containers, adding one',
    path: '/containers',
    async show(page, { containers }) {
      await button(page, containers.add).click();
      await page.getByLabel(containers.field.capacity).fill('1.000');
    },
  },
  { name: 'ledger', path: '/doses', show: (page) => page.getByRole('row').nth(20).waitFor() },
  {
    name: 'events',
    path: '/events',
    async show(page, { events }) {
      await page.getByText(events.details).nth(2).click();
      await page.getByRole('definition').first().waitFor();
    },
  },
  { name: 'access', path: '/access', show: (page) => page.getByRole('row').filter({ hasText: 'maria' }).waitFor() },
  ...(['users', 'tokens', 'mqttUsers'] as const).map((thing) => ({
    name: `access, adding to ${thing}`,
    path: '/access',
    async show(page: Page, words: Words) {
      const { access, mqttUsers } = words;
      await button(page, { ...access, mqttUsers }[thing].add).click();
      await dialog(page);
    },
  })),
  {
    name: 'access, showing the secret of a token',
    path: '/access',
    async show(page, { access: { tokens } }) {
      await button(page, tokens.add).click();
      await page
        .getByLabel(tokens.name, { exact: true })
        .fill(`greenhouse ${await page.locator('html').getAttribute('lang')}`);
      await button(page.getByRole('dialog'), tokens.add).click();
      await page.getByText(tokens.secretText).waitFor();
    },
  },
  {
    name: 'access, adding a device of MQTT under a name that is taken',
    path: '/access',
    async show(page, { mqttUsers }) {
      await page.getByRole('row').filter({ hasText: 'greenhouse-pump' }).waitFor();
      await button(page, mqttUsers.add).click();
      await page.getByLabel(mqttUsers.name, { exact: true }).fill('greenhouse-pump');
      await page.getByLabel(mqttUsers.kind, { exact: true }).selectOption('device');
      await page.getByLabel(mqttUsers.device, { exact: true }).fill('PUMP_0001');
      await button(page.getByRole('dialog'), mqttUsers.add).click();
      await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    },
  },
  {
    name: 'access, asking before somebody is removed',
    path: '/access',
    async show(page, { access: { users } }) {
      await button(page.getByRole('row').filter({ hasText: 'maria' }), users.remove).click();
      await dialog(page);
    },
  },
  {
    name: 'notifications, of a channel that nobody answers, with what it told',
    path: '/notifications',
    async show(page, { notifications }) {
      await button(page, notifications.test).click();
      await page.getByRole('alert').waitFor();
      await button(page, notifications.log).click();
      await page.getByText(notifications.logNone).waitFor();
    },
  },
  {
    name: 'notifications, adding a channel',
    path: '/notifications',
    async show(page, { notifications }) {
      await button(page, notifications.add).click();
      await page.getByLabel(notifications.field.to, { exact: true }).fill('maria');
      await page.getByRole('alert').filter({ hasText: notifications.wrong.to }).waitFor();
    },
  },
  {
    name: 'settings, with something that is wrong and not saved',
    path: '/settings',
    async show(page, { settings }) {
      await page.locator('summary').filter({ hasText: settings.mqtt.topics }).click();
      await page.getByLabel(settings.field.site_timezone, { exact: true }).fill('Europe/Warszawa');
      await page.getByRole('alert').filter({ hasText: settings.wrong.zone }).waitFor();
    },
  },
  {
    name: 'settings, with a broker that nobody has tried',
    path: '/settings',
    async show(page, { settings }) {
      await button(page, settings.mqtt.test).click();
      await page
        .getByRole('alert')
        .filter({ hasText: /E406|MQTT/ })
        .waitFor();
    },
  },
  {
    name: 'settings, changing limits',
    path: '/settings',
    async show(page, { settings }) {
      await page
        .getByRole('button', { name: settings.limits.changeOf.split('{{')[0] ?? '' })
        .first()
        .click();
      await page.getByLabel(settings.limits.single_ml, { exact: true }).fill('99999');
    },
  },
  { name: 'about', path: '/about', show: (page) => page.getByText('0.1.0').waitFor() },
  { name: 'not found', path: '/nowhere', show: (page, { notFound }) => heading(page, notFound.title) },
  {
    name: 'pump that is not there',
    path: '/pumps/none',
    show: (page, { notFound }) => page.getByText(notFound.home).waitFor(),
  },
  {
    name: 'preferences',
    path: '/',
    async show(page, { session }) {
      await page.getByRole('navigation').getByText('A', { exact: true }).click();
      await page.getByText(session.logOut).waitFor();
    },
  },
];

const ofChannel = (words: string, id: number): string => words.replace('{{id}}', String(id));
const editPlan = (page: Page, { dosingUnit }: Words) =>
  button(page, ofChannel(dosingUnit.edit.morning, 1)).click({ position: { x: 8, y: 8 } });
const doseNow = (page: Page, { dosingUnit }: Words) => button(page, ofChannel(dosingUnit.doseNow.of, 1)).click();

/** Channel 1 has a plan, and none of its slots is due. */
export const DOSING_UNIT: readonly Scene[] = [
  { name: 'dosing unit', show: (page: Page) => new DosingScreen(page).shown() },
  {
    name: 'dosing unit, with slots in every state',
    async show(page: Page) {
      await tellStatus(page, slotsInEveryState);
      await page.locator('.uncertain').waitFor();
    },
  },
  {
    name: 'dosing unit, with a plan in edit',
    async show(page: Page, words: Words) {
      await editPlan(page, words);
      await button(page, words.dosingUnit.save).waitFor();
    },
  },
  {
    name: 'dosing unit, with a plan that a rule forbids',
    async show(page: Page, words: Words) {
      await editPlan(page, words);
      await page.getByLabel(words.dosingUnit.weekly).fill('999');
      await page.getByText(/999 ml/).waitFor();
    },
  },
  {
    name: 'dosing unit, before a calibration',
    async show(page: Page, words: Words) {
      await editPlan(page, words);
      await button(page, words.dosingUnit.calibrate).click();
      await dialog(page);
    },
  },
  {
    name: 'dosing unit, before a dose by hand',
    async show(page: Page, words: Words) {
      await doseNow(page, words);
      await page.getByText(words.doseForm.containerAfter).waitFor();
    },
  },
  {
    name: 'dosing unit, with a dose by hand that a rule forbids',
    async show(page: Page, words: Words) {
      await doseNow(page, words);
      await page.getByLabel(words.doseForm.volume).fill('60');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: '60 ml' }).waitFor();
    },
  },
].map((scene) => ({ ...scene, path: DosingScreen.path }));

const schedulesPath = '/schedules';

/** Two schedules are there, one of them paused. */
export const SCHEDULES: readonly Scene[] = [
  { name: 'schedules', show: (page: Page) => page.getByRole('row').nth(2).waitFor() },
  ...(['weekdays', 'windows', 'interval', 'once', 'cron'] as const).map((kind) => ({
    name: `schedules, a new one of kind ${kind}`,
    async show(page: Page, { schedules }: Words) {
      await button(page, schedules.add).click();
      await page.getByLabel(schedules.recurrence).selectOption(kind);
      await page.getByText(schedules.more).click();
      await page.getByLabel(schedules.tolerance).waitFor();
    },
  })),
  {
    name: 'schedules, with everything that can happen to a plan',
    async show(page: Page, { plan, plot }: Words) {
      await tellPlan(page, PUMP, OTHER);
      await page.getByRole('listitem').filter({ hasText: '2027' }).waitFor();
      await page.getByRole('listbox', { name: plan.chart }).press('End');
      await page.getByText(plot.asTable).click();
    },
  },
  {
    name: 'schedules, with a pair that is wrong',
    async show(page: Page, { separation }: Words) {
      await button(page, separation.add).click();
      await page.getByLabel(separation.minutes, { exact: true }).fill('0');
      await page.keyboard.press('Enter');
      await page.getByText(separation.wrong.minutes).waitFor();
    },
  },
  {
    name: 'schedules, with what a new one would do',
    async show(page: Page, { schedules }: Words) {
      await button(page, schedules.add).click();
      await page.getByLabel(schedules.volume, { exact: true }).fill('2,5');
      await page.getByRole('region', { name: schedules.coming }).waitFor();
      await page.getByRole('dialog').getByRole('listbox').waitFor();
    },
  },
  {
    name: 'schedules, with one that is wrong',
    async show(page: Page, { schedules, doseForm }: Words) {
      await button(page, schedules.add).click();
      await button(page, schedules.save).click();
      await page.getByText(doseForm.wrong.empty).waitFor();
    },
  },
  {
    name: 'schedules, before a run by hand',
    async show(page: Page, { schedules }: Words) {
      await button(page, schedules.run).first().click();
      await dialog(page);
    },
  },
  {
    name: 'schedules, asking before one is deleted',
    async show(page: Page, { schedules }: Words) {
      await button(page, schedules.remove).first().click();
      await dialog(page);
    },
  },
].map((scene) => ({ ...scene, path: schedulesPath }));

export const DOSING: readonly Scene[] = ['/', `/pumps/${OTHER}`].map((path) => ({
  name: path === '/' ? 'overview of a unit that doses' : 'pump that doses',
  path,
  show: (page) => page.getByRole('progressbar').waitFor(),
}));

export const STOPPED: readonly Scene[] = [
  { name: 'overview of a unit that is stopped', path: '/', show: (page) => page.getByRole('alert').waitFor() },
  {
    name: 'stopped pump that refuses a dose',
    path: pumpPath,
    async show(page, { doseForm, order }) {
      await page.getByLabel(doseForm.volume).fill('5');
      await page.keyboard.press('Enter');
      await page.getByText(order.refused).waitFor();
    },
  },
  {
    name: 'release of the emergency stop without a reason',
    path: '/',
    async show(page, { stop, reason }) {
      await button(page, stop.release).click();
      await page.keyboard.press('Enter');
      await page.getByText(reason.missing).waitFor();
    },
  },
];

export const FAULTY: readonly Scene[] = [
  {
    name: 'overview of a pump with a fault',
    path: '/',
    show: (page) =>
      page
        .getByRole('article')
        .getByText(/E102|E433/)
        .waitFor(),
  },
  {
    name: 'release of a pump with a fault',
    path: pumpPath,
    async show(page, { pump }) {
      await button(page, pump.release).click();
      await dialog(page);
    },
  },
];

export const FOR_VIEWERS: readonly Scene[] = [
  {
    name: 'pump, for a viewer',
    path: pumpPath,
    show: (page, { doseForm }) => page.getByText(doseForm.viewer).waitFor(),
  },
  { name: 'schedules, for a viewer', path: schedulesPath, show: (page) => page.getByRole('row').nth(2).waitFor() },
  { name: 'dosing unit, for a viewer', path: DosingScreen.path, show: (page) => new DosingScreen(page).shown() },
];
