// The whole way of a newcomer in a real browser, by keyboard alone: first password, first dose, the ledger.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPage, tabTo } from '../harness/browser.ts';
import { PASSWORD, startUnit, type TestUnit, until } from '../harness/index.ts';

const VOLUME_ML = 2;
/** The screen may be this far behind the shaft. */
const LAG_LIMIT_MS = 1_000;
/** Error of the emulated calibration at these volumes, and the last digit that is shown. */
const TOLERANCE_ML = 0.04;

describe('a newcomer', () => {
  let unit: TestUnit;
  let page: Page;

  beforeAll(async () => {
    unit = await startUnit({ firstPassword: false });
  });

  it('sets the first password and is in, and sees that the pumps are emulated', async () => {
    page = await openPage(unit.url);
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Pumps' }).waitFor();
    await page.getByText('no liquid moves').waitFor();
    const tags = page.getByRole('article').getByText('Emulated');
    await until(async () => (await tags.count()) === 8, 5_000, 'all pumps are marked');
  });

  it('doses 2 ml by keyboard, and the screen follows the shaft within a second', async () => {
    await tabTo(page, page.getByRole('link', { name: 'ph-down' }));
    await page.keyboard.press('Enter');
    const volume = page.getByLabel('Volume');
    await volume.waitFor();
    await tabTo(page, volume);
    await page.keyboard.type('2');
    await page.getByText('20 ml/min').first().waitFor();
    await page.keyboard.press('Enter');
    const bar = page.getByRole('progressbar', { name: 'Dose of ph-down' });
    await bar.waitFor();
    const truth: { atMs: number; ml: number }[] = [];
    const done = page.getByText('Done', { exact: true }).first();
    while (!(await done.isVisible())) {
      const [shown, { true_ml }] = await Promise.all([shownMl(page), unit.emulator.truth('ph-down')]);
      const nowMs = performance.now();
      truth.push({ atMs: nowMs, ml: true_ml });
      const before = truth.findLast(({ atMs }) => atMs <= nowMs - LAG_LIMIT_MS)?.ml ?? 0;
      if (shown === null) continue;
      expect(shown, `shown against ${before} ml a second ago`).toBeGreaterThanOrEqual(before - TOLERANCE_ML);
      expect(shown, `shown against ${true_ml} ml now`).toBeLessThanOrEqual(true_ml + TOLERANCE_ML);
    }
    expect(truth.length).toBeGreaterThan(10);
    const { true_ml, motions } = await unit.emulator.truth('ph-down');
    expect(motions).toHaveLength(1);
    expect(Math.abs(true_ml - VOLUME_ML)).toBeLessThan(TOLERANCE_ML);
  });

  it('finds the dose in the ledger', async () => {
    await tabTo(page, page.getByRole('link', { name: 'All doses' }));
    await page.keyboard.press('Enter');
    const row = page.getByRole('row').filter({ hasText: 'ph-down' });
    await until(async () => /Done/.test(await row.innerText()), 5_000, 'the dose in the ledger');
    expect(await row.innerText()).toMatch(/2 ml[\s\S]*By hand · admin/);
  });
});

/** The volume that the page shows as given, ml; null while it shows none. */
async function shownMl(page: Page): Promise<number | null> {
  const text = await page
    .getByRole('progressbar', { name: 'Dose of ph-down' })
    .getAttribute('aria-valuetext', { timeout: 500 })
    .catch(() => null);
  return text === null ? null : Number.parseFloat(text);
}
