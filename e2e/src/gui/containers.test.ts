// Proves in a real browser, by keyboard alone and in both languages, that a container is made, shared, filled up and measured, and
// that its pump says when it runs low and refuses to run it empty.
import type { Container, Refill } from '@perista/protocol/api';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { openLoggedIn, tabTo } from '../harness/browser.ts';
import { startUnit, type TestUnit } from '../harness/index.ts';
import { LANGUAGES, type Language } from './languages.ts';

const PUMPS: Readonly<Record<Language, string>> = { en: 'ph-down', pl: 'nutrient-a' };

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

const read = async <Answer>(path: string): Promise<Answer> => (await unit.api.request('GET', path)).body as Answer;

/** Somebody without a mouse. */
class Hands {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async press(target: Locator): Promise<void> {
    await tabTo(this.page, target);
    await this.page.keyboard.press('Enter');
  }

  async type(field: Locator, text: string): Promise<void> {
    await tabTo(this.page, field);
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.type(text);
  }
}

it.each(['en', 'pl'] as const)('a container lives its life by keyboard: %s', async (language) => {
  const { words, locale } = LANGUAGES[language];
  const { containers, action } = words;
  const [pumpId, id, product] = [PUMPS[language], `drum-${language}`, `Calcium ${language}`];
  const page = await openLoggedIn(unit, { path: '/containers', locale });
  const hands = new Hands(page);
  const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true });
  const dialog = page.getByRole('dialog');

  await hands.press(button(page, containers.add));
  await hands.type(dialog.getByLabel(containers.field.id), id);
  await hands.type(dialog.getByLabel(containers.field.product, { exact: true }), product);
  await hands.type(dialog.getByLabel(containers.field.capacity), '60');
  await hands.type(dialog.getByLabel(containers.field.level), '40');
  await hands.type(dialog.getByLabel(containers.field.low), '32,5');
  await hands.type(dialog.getByLabel(containers.field.empty), '10');
  await tabTo(page, dialog.getByLabel(pumpId, { exact: true }));
  await page.keyboard.press('Space');
  await hands.press(button(dialog, action.save));
  await dialog.waitFor({ state: 'detached' });
  const tile = page.getByRole('region', { name: product });
  await tile.waitFor();
  expect(await read<Container>(`/api/containers/${id}`)).toMatchObject({
    ...{ product, capacity_ml: 60, level_ml: 40, low_ml: 32.5, empty_ml: 10, pumps: [pumpId], state: 'ok' },
  });

  const { dose_id } = await unit.api.dose(pumpId, { volume_ml: 8, duration_s: 14 });
  const dose = await unit.api.settled(dose_id, 40_000);
  await tile.getByText(containers.state.low).waitFor();

  await hands.press(button(tile, containers.measure));
  await hands.type(dialog.getByLabel(containers.rest, { exact: true }), '31');
  await page.keyboard.press('Enter');
  await dialog.getByText(language === 'en' ? /more than booked/ : /więcej, niż zaksięgowano/).waitFor();
  await hands.press(button(dialog, action.close));
  const [measured] = (await read<{ items: Refill[] }>(`/api/containers/${id}/refills`)).items;
  expect(measured).toMatchObject({ actor: 'admin', rest_ml: 31, added_ml: 0, level_ml: 31 });
  expect(measured?.deviation?.error_ml).toBeCloseTo(9 - dose.hi_ml, 6);

  await page.goto(new URL('/', unit.url).href);
  const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: pumpId }) });
  await card.getByText(containers.notice.low.replace('{{left}}', '31 ml')).waitFor();
  const refused = await unit.api.order(pumpId, { volume_ml: 22 });
  expect(refused).toMatchObject({ status: 422, body: { code: 'E429', limit: 21, value: expect.closeTo(22, 1) } });

  await page.goto(new URL('/containers', unit.url).href);
  await hands.press(button(tile, containers.refill));
  await hands.type(dialog.getByLabel(containers.added).last(), '20');
  await page.keyboard.press('Enter');
  await dialog.getByText(containers.done.replace('{{level}}', '51 ml')).waitFor();
  await hands.press(button(dialog, action.close));
  await tile.getByText(containers.state.ok).waitFor();

  await tabTo(page, tile.getByText(containers.more));
  await page.keyboard.press('Enter');
  await tile.getByRole('img').waitFor();
  await tile.getByRole('table', { name: containers.log.title }).getByRole('row').nth(2).waitFor();
});
