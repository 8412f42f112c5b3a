// Proves of the weekly plan in a real browser: two tracks, each state told, plans edited in place by the rules, by keyboard, by anybody.
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type openLoggedIn, openTab, tabTo } from '../harness/browser.ts';
import { startUnit, type TestUnit, until } from '../harness/index.ts';
import { barriersOf, lossesOf, RULES_OF_COLOUR, smallTargetsOf, textsOf } from '../harness/page-checks.ts';
import { takePicture } from '../harness/picture.ts';
import { DosingDesk } from './dosing-desk.ts';
import { decimalPointsAmong, englishAmong } from './languages.ts';

const PATH = '/dosing-unit';
const NARROW = { width: 320, height: 640 };
const REFRESH_LIMIT_MS = 6_000;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

/** The page of the unit, and who answers for its plan. */
async function open(options: Parameters<typeof openLoggedIn>[1] = {}) {
  const desk = new DosingDesk();
  const browser = await openBrowser({ as: unit.api, reducedMotion: 'reduce', ...options });
  const page = await openTab(browser, new URL('/about', unit.url).href);
  await desk.answer(page);
  await page.goto(new URL(PATH, unit.url).href);
  await page.locator('#eveningTrack > li').nth(5).waitFor();
  return { page, desk, close: () => browser.close() };
}

const tile = (page: Page, half: 'morning' | 'evening', channel: number): Locator =>
  page.locator(`#${half}Track.timeline-track > [data-channel="${channel}"]`);
const edit = (page: Page, half: 'morning' | 'evening', channel: number): Locator =>
  page.getByRole('button', { name: `Edit channel ${channel}, ${half}` });
const stateOf = async (locator: Locator) => (await locator.getAttribute('class'))?.split(' ').at(-1);

describe('the two tracks', () => {
  it('show each slot with its state, words, figures and time in the zone of the site', async () => {
    const { page, close } = await open();
    const states = (half: 'morning' | 'evening') =>
      Promise.all([1, 2, 3, 4, 5, 6].map((channel) => stateOf(tile(page, half, channel))));
    expect(await states('morning')).toEqual(['completed', 'completed', 'missed', 'active', 'waiting', 'disabled']);
    expect(await states('evening')).toEqual(['pending', 'disabled', 'pending', 'pending', 'uncertain', 'disabled']);
    const words = (await tile(page, 'morning', 1).innerText()).split(/\n+/);
    for (const word of ['Channel 1', 'Done', '217 ml', '15.5 ml', '47 s', 'Every day', '01:00 CET']) {
      expect(words).toContain(word);
    }
    // The clocks go forward on this day, between the two.
    expect(await tile(page, 'evening', 1).innerText()).toContain('14:00 CEST');
    expect(await tile(page, 'evening', 2).innerText()).toContain('Once a day');
    expect(await tile(page, 'morning', 3).innerText()).toContain('The window of this dose has passed.');
    expect(await page.getByRole('region', { name: 'Now' }).innerText()).toMatch(
      /09:15 CEST · 07:15 UTC[\s\S]*Channel 4[\s\S]*Channel 5/,
    );
    await close();
  });

  it('follow the unit within the next refresh, and never show two that dose', async () => {
    const { page, desk, close } = await open();
    Object.assign(desk.seats[4] ?? {}, { morning: 'completed', state: 'idle' });
    Object.assign(desk.seats[5] ?? {}, { morning: 'active', state: 'running' });
    const changed = async () => (await stateOf(tile(page, 'morning', 5))) === 'active';
    await until(changed, REFRESH_LIMIT_MS, 'channel 5 is shown as active');
    expect(await page.locator('.timeline-track > .active').count()).toBe(1);
    await close();
  });
});

describe('a plan', () => {
  it('is edited in both tiles of its channel, by keyboard alone, and computed with each key', async () => {
    const { page, desk, close } = await open();
    await tabTo(page, edit(page, 'morning', 1));
    await page.keyboard.press('Enter');
    expect(await page.locator('.timeline-track > .edit-mode').count()).toBe(2);
    const form = page.getByRole('form', { name: 'Plan of channel 1' });
    const weekly = form.getByLabel('Per week');
    await tabTo(page, weekly);
    await page.keyboard.press('ControlOrMeta+A');
    const seen: string[] = [];
    for (const key of '210') {
      await page.keyboard.press(key);
      seen.push((await form.getByRole('definition').allInnerTexts()).join(', '));
    }
    expect(seen).toEqual(['0.14 ml, 0 s', '1.5 ml, 5 s', '15 ml, 45 s']);
    expect(await tile(page, 'evening', 1).innerText()).toContain('15 ml');
    await page.keyboard.press('Enter');
    await until(async () => (await page.locator('.edit-mode').count()) === 0, REFRESH_LIMIT_MS, 'the form is gone');
    expect(desk.changes).toEqual([{ id: 1, weekly_dosing_value: 210 }]);
    expect(await tile(page, 'morning', 1).innerText()).toContain('210 ml');
    expect(await edit(page, 'morning', 1).evaluate((button) => button.matches(':focus'))).toBe(true);
    await close();
  });

  it('is not saved against a rule, which is named', async () => {
    const { page, desk, close } = await open();
    await edit(page, 'evening', 1).click();
    const form = page.getByRole('form', { name: 'Plan of channel 1' });
    const save = form.getByRole('button', { name: 'Save' });
    for (const [typed, words] of [
      ['554.5', '554.5 ml a week is too much: a dose takes 120 s at most'],
      ['1.000', 'A thousand or a fraction?'],
      ['12.34', 'One decimal at most.'],
      ['', 'Enter a volume in ml.'],
    ] as const) {
      await form.getByLabel('Per week').fill(typed);
      await form.getByText(words).waitFor();
      expect(await save.isDisabled(), typed).toBe(true);
      await page.keyboard.press('Enter');
    }
    await form.getByLabel('Days').selectOption('Workdays');
    await form.getByRole('button', { name: 'Mon' }).click();
    await form.getByLabel('Doses a day').selectOption('1× a day');
    await form.getByLabel('Per week').fill('99,5');
    await form.getByText('24.9 ml').waitFor();
    await save.click();
    await until(() => desk.changes.length > 0, REFRESH_LIMIT_MS, 'the change has arrived');
    expect(desk.changes).toEqual([{ id: 1, weekly_schedule: 30, daily_schedule: 1, weekly_dosing_value: 99.5 }]);
    await close();
  });

  it('survives refreshes while it is edited, tells of a change elsewhere, and comes back with Esc', async () => {
    const { page, desk, close } = await open();
    await edit(page, 'morning', 3).click();
    const weekly = page.getByLabel('Per week');
    await weekly.fill('90');
    Object.assign(desk.seats[3] ?? {}, { weekly_dosing_value: 120 });
    const before = desk.statusAnswers;
    await page.getByText('changed elsewhere meanwhile').waitFor();
    await until(() => desk.statusAnswers > before, 2 * REFRESH_LIMIT_MS, 'another refresh');
    expect(await weekly.inputValue()).toBe('90');
    await weekly.press('Escape');
    expect(await page.locator('.edit-mode').count()).toBe(0);
    expect(await tile(page, 'morning', 3).innerText()).toContain('120 ml');
    expect(desk.changes).toEqual([]);
    await close();
  });
});

describe('calibration', () => {
  it('runs for 30 s, takes what was measured, and the tile computes with the new flow', async () => {
    const { page, desk, close } = await open();
    await edit(page, 'morning', 1).click();
    await page.getByRole('button', { name: 'Calibrate 30 s' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Run 30 s' }).click();
    await dialog.getByText('It runs: 21 s left.').waitFor();
    await dialog.getByRole('button', { name: 'Stop' }).waitFor();
    desk.endRun();
    await dialog.getByLabel('Measured volume').fill('15');
    await page.keyboard.press('Enter');
    await dialog.getByText('The flow is now 0.5 ml/s.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('form').getByText('31 s').waitFor();
    await close();
  });
});

describe('anybody can use it:', () => {
  it.each(['to read', 'in edit', 'with a plan that is forbidden', 'calibrating'])('%s', async (scene) => {
    const show = async (page: Page, [editWords, weekly, calibrate]: readonly [string, string, string]) => {
      if (scene === 'to read') return;
      await page.getByRole('button', { name: editWords }).click();
      if (scene === 'with a plan that is forbidden') await page.getByLabel(weekly).fill('999');
      if (scene === 'calibrating') await page.getByRole('button', { name: calibrate }).click();
    };
    const { page, close } = await open();
    await show(page, ['Edit channel 1, morning', 'Per week', 'Calibrate 30 s']);
    const light = await barriersOf(page);
    if (scene === 'to read') await takePicture('dosing-unit', page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await barriersOf(page, RULES_OF_COLOUR);
    const targets = await smallTargetsOf(page, []);
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });
    const large = await lossesOf(page);
    await close();

    const polish = await open({ locale: 'pl-PL', viewport: NARROW });
    await show(polish.page, ['Edytuj kanał 1, rano', 'Na tydzień', 'Kalibruj 30 s']);
    const narrow = await lossesOf(polish.page);
    const texts = await textsOf(polish.page);
    const found = { english: englishAmong(texts), points: decimalPointsAmong(texts) };
    await polish.close();
    expect({ light, dark, targets, large, narrow, ...found }).toEqual({
      light: [],
      dark: [],
      targets: [],
      large: [],
      narrow: [],
      english: [],
      points: [],
    });
  });
});
