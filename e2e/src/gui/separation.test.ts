// Proves of pumps that are kept apart, with the real unit and a real browser: pairs are added, changed and removed by keyboard alone,
// in English and in Polish, and what waits for them stands on the overview with its reason until it is cancelled.
import type { Separations } from '@perista/protocol/api';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLoggedIn } from '../harness/browser.ts';
import { ApiClient, PASSWORD, startUnit, type TestUnit, until } from '../harness/index.ts';
import { button, choose, dialogIsGone, press, type } from './keyboard.ts';
import { LANGUAGES } from './languages.ts';

const READY_MS = 10_000;
const [ONE, OTHER, THIRD] = ['ph-down', 'nutrient-a', 'relay-1'];

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
  const ready = async (id: string) => (await unit.api.pump(id)).blocked_by.length === 0;
  await until(async () => (await ready(ONE)) && (await ready(OTHER)), READY_MS, 'both pumps could dose');
});

const pairs = async () => ((await unit.api.request('GET', '/api/separations')).body as Separations).items;
const replace = (items: Separations['items']) => unit.api.request('PUT', '/api/separations', { items });
const row = (page: Page, words: string) => page.getByRole('row').filter({ hasText: words });

describe('pumps that are kept apart', () => {
  it.each(['en', 'pl'] as const)('are chosen, changed and let go by keyboard alone: %s', async (language) => {
    await replace([]);
    const { words, locale } = LANGUAGES[language];
    const { separation: of } = words;
    const page = await openLoggedIn(unit, { path: '/schedules', locale });
    await page.getByText(of.none).waitFor();

    await press(page, button(page, of.add));
    await choose(page, of.second, ONE);
    await type(page, of.minutes, '2,5');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: of.wrong.same }).waitFor();
    await choose(page, of.second, OTHER);
    await page.getByRole('alert').filter({ hasText: of.wrong.minutes }).waitFor();
    expect(await pairs()).toEqual([]);
    await type(page, of.minutes, '10');
    await page.keyboard.press('Enter');
    await dialogIsGone(page);
    await row(page, ONE).filter({ hasText: '10 min' }).waitFor();
    expect(await pairs()).toEqual([{ pumps: [OTHER, ONE], minutes: 10 }]);

    const foreign = { pumps: [OTHER, THIRD] as [string, string], minutes: 7 };
    await press(page, button(page, of.edit));
    await replace([...(await pairs()), foreign]);
    await type(page, of.minutes, '30');
    await press(page, button(page, of.save));
    await dialogIsGone(page);
    await row(page, THIRD).waitFor();
    expect(await pairs()).toEqual([{ pumps: [OTHER, ONE], minutes: 30 }, foreign]);

    await press(page, button(row(page, THIRD), of.remove));
    await press(page, button(page.getByRole('dialog'), of.remove));
    await row(page, THIRD).waitFor({ state: 'detached' });
    expect(await pairs()).toEqual([{ pumps: [OTHER, ONE], minutes: 30 }]);
  });

  it('show what waits for them, and why, until it is cancelled', async () => {
    await replace([{ pumps: [ONE, OTHER], minutes: 1440 }]);
    const { separation: of } = LANGUAGES.en.words;
    const page = await openLoggedIn(unit);
    expect(await page.getByRole('region', { name: of.queue.title }).count()).toBe(0);
    const { dose_id } = await unit.api.dose(ONE, { volume_ml: 2, duration_s: 6 });
    const waiting = await unit.api.dose(OTHER, { volume_ml: 3 });
    const card = page.getByRole('region', { name: of.queue.title });
    await row(page, OTHER).getByText(`For ${ONE}, until`).waitFor();

    await press(page, button(card, of.queue.cancel));
    await page.getByText('3 ml of nutrient-a will not be given.').waitFor();
    await press(page, button(page.getByRole('dialog'), of.queue.cancel));
    await card.waitFor({ state: 'detached' });
    expect(await unit.api.settled(waiting.dose_id, READY_MS)).toMatchObject({ state: 'cancelled', hi_ml: 0 });
    expect(await unit.api.settled(dose_id, READY_MS)).toMatchObject({ state: 'done' });
  });

  it('are for administrators to change', async () => {
    await unit.api.request('POST', '/api/users', { username: 'maria', password: PASSWORD, role: 'operator' });
    const maria = new ApiClient(unit.url);
    await maria.login(PASSWORD, 'maria');
    const { separation: of } = LANGUAGES.en.words;
    const page = await openLoggedIn(unit, { path: '/schedules', as: maria });
    await row(page, ONE).waitFor();
    expect(await button(page, of.add).count()).toBe(0);
    expect(await button(page, of.edit).count()).toBe(0);
  });
});
