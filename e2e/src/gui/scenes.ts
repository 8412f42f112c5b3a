import type { Locator, Page } from 'playwright-core';
import { liveCableOf } from '../harness/live-cable.ts';
import type { Words } from './languages.ts';

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

export const AT_REST: readonly Scene[] = [
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
      await cable.cut();
      await page.getByText(connection.lost).waitFor();
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
  ...(['users', 'tokens'] as const).map((thing) => ({
    name: `access, adding to ${thing}`,
    path: '/access',
    async show(page: Page, words: Words) {
      await button(page, words[thing].add).click();
      await dialog(page);
    },
  })),
  {
    name: 'access, showing the secret of a token',
    path: '/access',
    async show(page, { tokens }) {
      await button(page, tokens.add).click();
      await page
        .getByLabel(tokens.name, { exact: true })
        .fill(`greenhouse ${await page.locator('html').getAttribute('lang')}`);
      await button(page.getByRole('dialog'), tokens.add).click();
      await page.getByText(tokens.secretText).waitFor();
    },
  },
  {
    name: 'access, asking before somebody is removed',
    path: '/access',
    async show(page, { users }) {
      await button(page.getByRole('row').filter({ hasText: 'maria' }), users.remove).click();
      await dialog(page);
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
];
