// Proves of schedules, with the real unit and a real browser: added, looked at beforehand and on the timeline, run, changed, switched and removed by
// keyboard alone, with what is wrong at its field, in English and in Polish.
import type { Schedule } from '@perista/protocol/api';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLoggedIn, tabTo } from '../harness/browser.ts';
import { startUnit, type TestUnit, until } from '../harness/index.ts';
import { button, choose, dialogIsGone, field, press, type } from './keyboard.ts';
import { LANGUAGES, type Words } from './languages.ts';

const SHOWN_MS = 10_000;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
  await until(async () => (await unit.api.pump('ph-down')).blocked_by.length === 0, SHOWN_MS, 'the pump could dose');
});

const schedules = async (): Promise<Schedule[]> =>
  ((await unit.api.request('GET', '/api/schedules')).body as { items: Schedule[] }).items;

const row = (page: Page, words: string) => page.getByRole('row').filter({ hasText: words });

describe('a schedule', () => {
  it('is kept by keyboard alone: added, run by hand, changed, switched off and removed', async () => {
    const page = await openLoggedIn(unit, { path: '/schedules' });
    const { schedules: words, plan, action } = LANGUAGES.en.words;
    await page.getByText(plan.none).waitFor();
    await page.getByText(words.none).waitFor();

    await press(page, button(page, words.add));
    await type(page, words.volume, '2,5');
    await choose(page, words.recurrence, words.kind.cron);
    await type(page, words.cron, '30 7 * * 1-5');
    const coming = page.getByRole('region', { name: words.coming });
    await coming.getByText('Monday through Friday').waitFor();
    expect(await coming.getByRole('listitem').count()).toBe(5);
    await page.keyboard.press('Enter');
    await dialogIsGone(page);
    await row(page, 'At 07:30').waitFor();
    const [added] = await schedules();
    expect(added).toMatchObject({ cron: '30 7 * * 1-5', volume_ml: 2.5, enabled: true, missed_policy: 'late' });
    expect(added?.next_runs).toHaveLength(5);

    const timeline = page.getByRole('listbox', { name: plan.chart });
    await tabTo(page, timeline);
    await page.keyboard.press('End');
    const last = timeline.getByRole('option', { selected: true });
    const told = await last.getAttribute('aria-label');
    expect(told).toMatch(/^(Mon|Tue|Wed|Thu|Fri),.* 07:30, ph-down: 2\.5 ml, to be given$/);
    await page
      .getByRole('paragraph')
      .getByText(told ?? '', { exact: true })
      .waitFor();
    expect(await timeline.getByRole('option').count()).toBeGreaterThanOrEqual(9);
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await last.getAttribute('aria-label')) !== told, SHOWN_MS, 'the dose before it is told');

    await press(page, button(page, words.run));
    await press(page, button(page, 'Dose 2.5 ml'));
    await until(async () => ((await schedules())[0]?.last_run ?? null) !== null, 60_000, 'it has run');
    await press(page, page.getByRole('dialog').getByRole('button', { name: action.close, exact: true }));
    await dialogIsGone(page);
    await page.getByText(words.never, { exact: true }).waitFor({ state: 'detached' });

    await press(page, button(page, words.edit));
    await type(page, words.volume, '3');
    await choose(page, words.recurrence, words.kind.weekdays);
    await press(page, button(page, words.save));
    await dialogIsGone(page);
    expect((await schedules())[0]).toMatchObject({
      id: added?.id,
      volume_ml: 3,
      rule: { kind: 'weekdays' },
      cron: null,
    });

    const state = page.getByRole('switch');
    await tabTo(page, state);
    await page.keyboard.press('Space');
    await page.getByText(words.off, { exact: true }).waitFor();
    expect((await schedules())[0]).toMatchObject({ enabled: false, next_runs: [] });

    await press(page, button(page, words.remove));
    await press(page, page.getByRole('dialog').getByRole('button', { name: words.remove, exact: true }));
    await page.getByText(words.none).waitFor();
    expect(await schedules()).toEqual([]);
    await page.getByText(plan.none).waitFor();
  });

  it.each(['en', 'pl'] as const)(
    'is refused at its field, in words, before and after it was sent: %s',
    async (language) => {
      const { words, locale } = LANGUAGES[language];
      const page = await openLoggedIn(unit, { path: '/schedules', locale });
      const { schedules: of } = words;
      await button(page, of.add).click();
      const save = () => button(page, of.save).click();
      const toldAt = async (name: string, told: string | RegExp) => {
        await page.getByRole('alert').filter({ hasText: told }).waitFor();
        expect(await field(page, name).getAttribute('aria-invalid')).toBe('true');
      };
      await save();
      await toldAt(of.volume, words.doseForm.wrong.empty);
      await field(page, of.volume).fill('120');
      await field(page, of.recurrence).selectOption('cron');
      await field(page, of.cron).fill('0 25 * * *');
      await save();
      await toldAt(of.cron, cronWords(of));
      await field(page, of.cron).fill('0 8 * * *');
      await save();
      await toldAt(of.volume, /E422|100 ml/);
      expect(await schedules()).toEqual([]);
    },
  );
});

const cronWords = ({ wrong, cronField }: Words['schedules']): string =>
  wrong['out-of-range']
    .replace('{{field}}', cronField.hour)
    .replace('{{least}}', '0')
    .replace('{{most}}', '23')
    .replace('{{text}}', '25');
