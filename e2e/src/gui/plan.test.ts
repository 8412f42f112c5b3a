// Proves of a week that is planned, with the real unit and a real browser, by keyboard alone, in English and in Polish: what a
// draft would do is told before it is saved, the timeline shows it once it is, and it can be run, changed and deleted.
import type { Schedule } from '@perista/protocol/api';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLoggedIn, tabTo } from '../harness/browser.ts';
import { startUnit, type TestUnit, until } from '../harness/index.ts';
import { button, choose, dialogIsGone, field, press, type } from './keyboard.ts';
import { LANGUAGES, type Language } from './languages.ts';

const PUMP = 'ph-down';
const SHOWN_MS = 10_000;
const RUN_MS = 60_000;
/** Ten workdays of a fortnight; one less where clocks change at the wrong moment. */
const LEAST_DOSES = 9;
const MOST_DOSES = 11;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
  await until(async () => (await unit.api.pump(PUMP)).blocked_by.length === 0, SHOWN_MS, 'the pump could dose');
  await unit.api.request('PATCH', `/api/pumps/${PUMP}`, { limits: { day_ml: 60 } });
});

const schedules = async (): Promise<Schedule[]> =>
  ((await unit.api.request('GET', '/api/schedules')).body as { items: Schedule[] }).items;

/** A timeline of doses, on the page or in the dialog over it. */
class Timeline {
  readonly #within: Locator;
  readonly #page: Page;
  readonly #list: Locator;

  constructor(page: Page, within: Locator, name: string) {
    this.#page = page;
    this.#within = within;
    this.#list = within.getByRole('listbox', { name });
  }

  /** Its marks, once there are as many as a week of workdays has twice, each of which says what `told` says. */
  async shows(told: string): Promise<void> {
    const names = () =>
      this.#list
        .getByRole('option')
        .evaluateAll((options) => options.map((option) => option.getAttribute('aria-label') ?? ''));
    const isShown = async () => {
      const all = await names();
      return all.length >= LEAST_DOSES && all.length <= MOST_DOSES && all.every((name) => name.includes(told));
    };
    await until(isShown, SHOWN_MS, `each mark says ${told}`).catch(async (error: unknown) => {
      throw new Error(`they say ${JSON.stringify(await names())}`, { cause: error });
    });
  }

  /** Goes along it: each key leads to another mark, which the line of text then tells. */
  async isWalked(): Promise<void> {
    await tabTo(this.#page, this.#list);
    const told = new Set<string>();
    const keys = ['End', 'ArrowLeft', 'PageUp', 'Home', 'ArrowRight', 'PageDown'];
    for (const key of keys) {
      await this.#page.keyboard.press(key);
      const name = await this.#list.getByRole('option', { selected: true }).getAttribute('aria-label');
      await this.#within
        .getByRole('paragraph')
        .getByText(name ?? '', { exact: true })
        .waitFor();
      told.add(name ?? '');
    }
    expect(told.size).toBe(keys.length);
  }
}

describe.each(['en', 'pl'] satisfies Language[])('a week that is planned by keyboard: %s', (language) => {
  const { words, locale } = LANGUAGES[language];
  const { schedules: of, plan, action, doseForm } = words;
  const ml = (volume: number) => `${volume.toLocaleString(locale)} ml`;

  it('is told before it is saved, shown once it is, run, changed and deleted', async () => {
    const page = await openLoggedIn(unit, { path: '/schedules', locale });
    const dialog = page.getByRole('dialog');
    const timeline = new Timeline(page, page.getByRole('main'), plan.chart);
    await page.getByText(plan.none).waitFor();

    await press(page, button(page, of.add));
    await choose(page, words.dosingUnit.days, words.dosingUnit.preset.workdays);
    await isRefusedAt(page, '120', /E422|100 ml/);
    await type(page, of.volume, '2,5');
    const preview = new Timeline(page, dialog, plan.chart);
    await preview.shows(ml(2.5));
    await dialog.getByText(plan.draft.fine).waitFor();
    await preview.isWalked();
    expect(await schedules()).toEqual([]);
    await press(page, button(page, of.save));
    await dialogIsGone(page);
    await timeline.shows(`${PUMP}: ${ml(2.5)}, ${plan.state.given}`);
    await timeline.isWalked();

    await press(page, button(page, of.run));
    await press(page, button(page, doseForm.give.replace('{{volume}}', ml(2.5))));
    await until(async () => ((await schedules())[0]?.last_run ?? null) !== null, RUN_MS, 'it has run');
    await press(page, button(dialog, action.close));
    await dialogIsGone(page);

    await press(page, button(page, of.edit));
    await isRefusedAt(page, '70', /E425|60 ml/);
    await type(page, of.volume, '3');
    await preview.shows(ml(3));
    await press(page, button(page, of.save));
    await dialogIsGone(page);
    await timeline.shows(`${PUMP}: ${ml(3)}, ${plan.state.given}`);

    await press(page, button(page, of.remove));
    await press(page, button(dialog, of.remove));
    await page.getByText(plan.none).waitFor();
    expect(await schedules()).toEqual([]);

    /** Refused by the preview already: nobody saved. */
    async function isRefusedAt(within: Page, volume: string, rule: RegExp): Promise<void> {
      await type(within, of.volume, volume);
      await dialog.getByRole('alert').filter({ hasText: rule }).waitFor();
      expect(await field(within, of.volume).getAttribute('aria-invalid')).toBe('true');
    }
  });

  it('is told what a cap would refuse beside the plans that stand, and what those would lose', async () => {
    // No dose by hand counts any more then.
    const day = (new Date().getUTCDay() + 3) % 7;
    const standing = { pump_id: PUMP, cron: `0 8 * * ${day}`, volume_ml: 3 };
    const { body } = await unit.api.request('POST', '/api/schedules', standing);
    onTestFinished(async () => {
      await unit.api.request('DELETE', `/api/schedules/${(body as Schedule).id}`);
    });
    const page = await openLoggedIn(unit, { path: '/schedules', locale });
    const notices = page.getByRole('dialog').getByRole('list', { name: plan.notices });

    await press(page, button(page, of.add));
    await choose(page, of.recurrence, of.kind.cron);
    await type(page, of.cron, `30 8 * * ${day}`);
    await type(page, of.volume, '58');
    await notices
      .first()
      .getByText(/E425|60 ml/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dialogIsGone(page);

    await press(page, button(page, of.add));
    await choose(page, of.recurrence, of.kind.cron);
    await type(page, of.cron, `30 7 * * ${day}`);
    await type(page, of.volume, '58');
    await page.getByRole('dialog').getByText(plan.draft.others).waitFor();
    await notices
      .last()
      .getByText(/E425|60 ml/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dialogIsGone(page);
    expect(await schedules()).toHaveLength(1);
  });
});
