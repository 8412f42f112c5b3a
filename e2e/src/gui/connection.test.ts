// Proves in real browsers that a screen says when it does not know, comes back by itself, and that two of them agree.
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isLive, openLoggedIn } from '../harness/browser.ts';
import { killHard, startUnit, type TestUnit, until } from '../harness/index.ts';
import { liveCableOf } from '../harness/live-cable.ts';
import { PumpScreen, TOLERANCE_ML } from './pump-screen.ts';

const PUMP = 'ph-down';
const BANNER_LIMIT_MS = 2_000;
const AGREE_LIMIT_MS = 1_000;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

/** Leaves a mark that no reload survives. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { marked: true }));
const isMarked = (page: Page) => page.evaluate(() => 'marked' in window);

describe('a controller that is killed in the middle of a dose', () => {
  it('is told within 2 s, with the numbers marked as last known; the page comes back by itself with the truth', async () => {
    const screen = await PumpScreen.open(unit, PUMP);
    const { page } = screen;
    await mark(page);
    const { dose_id: doseId } = await unit.api.dose(PUMP, { volume_ml: 3, duration_s: 6 });
    await until(async () => ((await screen.shownMl()) ?? 0) > 0.3, 10_000, 'progress is shown');
    const banner = page.getByRole('alert').filter({ hasText: 'No connection to the unit.' });
    expect(await screen.now.getByText('last known').count()).toBe(0);
    // What is shown only for a moment is not missed by whoever looked before.
    await Promise.all([
      banner.waitFor({ timeout: BANNER_LIMIT_MS }),
      screen.now.getByText('last known').waitFor(),
      killHard(unit.pid('controller')),
    ]);
    await isLive(page);
    await banner.waitFor({ state: 'detached' });
    expect(await isMarked(page)).toBe(true);

    const dose = await unit.api.settled(doseId, 30_000);
    const { true_ml, moving } = await unit.emulator.truth(PUMP);
    expect(moving).toBe(false);
    await screen.bar.waitFor({ state: 'detached' });
    const outcome = dose.state === 'done' ? 'Done' : 'Partly given';
    await screen.now.getByText(outcome).waitFor();
    const shown = /([\d.]+) ml\s*(Done|Partly given)/.exec(await screen.now.innerText())?.[1];
    expect(Math.abs(Number(shown) - true_ml)).toBeLessThan(TOLERANCE_ML + true_ml * 0.01);
    const row = page.getByRole('row').filter({ hasText: '3 ml' }).filter({ hasText: outcome });
    await row.waitFor();
    expect(await row.innerText()).toContain(`${shown} ml`);
    expect(await isMarked(page)).toBe(true);
  });
});

describe('a page that was cut off while a dose began and ended', () => {
  it('shows it in its ledger and its plot once it is told of things again', async () => {
    const screen = await PumpScreen.open(unit, PUMP);
    const { page } = screen;
    const cable = await liveCableOf(page);
    const row = page.getByRole('row').filter({ hasText: '0.37 ml' }).filter({ hasText: 'Done' });
    const plot = page.getByRole('img', { name: /^Given per day/ });
    const before = await plot.getAttribute('aria-label');
    await cable.cut();
    await page.getByText('No connection to the unit.').waitFor();
    const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 0.37 });
    await unit.api.settled(dose_id, 10_000);
    expect(await row.count()).toBe(0);
    cable.mend();
    await isLive(page);
    await row.waitFor();
    await until(async () => (await plot.getAttribute('aria-label')) !== before, 5_000, 'the plot has the dose');
  });
});

describe('an agent that is killed, and killed again', () => {
  it('is told in words as long as it is away, and no longer', async () => {
    const page = await openLoggedIn(unit);
    const banner = page.getByText('The pumps have no driver.');
    // Once, it is back before anybody could miss it.
    const isTold = async () => {
      if (await banner.isVisible()) return true;
      await killHard(unit.pid('agent'));
      return false;
    };
    await until(isTold, 20_000, 'the banner');
    await banner.waitFor({ state: 'detached', timeout: 20_000 });
    await until(
      async () => (await page.getByRole('article').getByText('Ready', { exact: true }).count()) === 8,
      15_000,
      'all pumps are ready on the screen',
    );
  });
});

describe('two browsers', () => {
  const seenAtMs = async (what: Locator) => {
    await what.waitFor();
    return performance.now();
  };

  it('show the same dose, and never differ by more than a second', async () => {
    const [mine, other] = [await PumpScreen.open(unit, PUMP), await PumpScreen.open(unit, PUMP)];
    const seen = Promise.all([seenAtMs(mine.bar), seenAtMs(other.bar)]);
    await mine.volume.fill('2');
    await mine.duration.fill('5');
    await mine.volume.press('Enter');
    const [mineMs, otherMs] = await seen;
    expect(Math.abs(mineMs - otherMs)).toBeLessThan(AGREE_LIMIT_MS);

    const samples: { atMs: number; mine: number; other: number }[] = [];
    while (!(await other.now.getByText('Done', { exact: true }).isVisible())) {
      const [a, b] = await Promise.all([mine.shownMl(), other.shownMl()]);
      if (a === null || b === null) continue;
      const atMs = performance.now();
      samples.push({ atMs, mine: a, other: b });
      const before = samples.findLast((sample) => sample.atMs <= atMs - AGREE_LIMIT_MS);
      if (before === undefined) continue;
      expect(a).toBeGreaterThanOrEqual(before.other);
      expect(b).toBeGreaterThanOrEqual(before.mine);
    }
    expect(samples.length).toBeGreaterThan(10);
    await mine.now.getByText('Done', { exact: true }).waitFor({ timeout: AGREE_LIMIT_MS });
  });

  it('show an emergency stop and its release within a second', async () => {
    const [mine, other] = [await PumpScreen.open(unit, PUMP), await openLoggedIn(unit)];
    const banner = other.getByRole('alert').filter({ hasText: 'Emergency stop.' });
    /** How much later than the order of one browser it shows in the other, ms. */
    const lagOf = async (act: () => Promise<unknown>, shown: Promise<unknown>) => {
      const nowMs = () => performance.now();
      const ordered = mine.page.waitForRequest('**/api/emergency-stop').then(nowMs);
      const [orderedMs, shownMs] = await Promise.all([ordered, shown.then(nowMs), act()]);
      return shownMs - orderedMs;
    };
    const press = () => mine.page.getByRole('button', { name: 'Emergency stop: stop all pumps at once' }).click();
    expect(await lagOf(press, banner.waitFor())).toBeLessThan(AGREE_LIMIT_MS);
    await other.getByRole('article', { name: PUMP }).getByText('The emergency stop is latched.').waitFor();

    await mine.page.getByRole('alert').getByRole('button', { name: 'Release' }).click();
    await mine.page.getByLabel('What was checked?').fill('all is well');
    const release = () => mine.page.keyboard.press('Enter');
    expect(await lagOf(release, banner.waitFor({ state: 'detached' }))).toBeLessThan(AGREE_LIMIT_MS);
  });
});
