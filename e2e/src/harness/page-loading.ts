import type { Page } from 'playwright-core';
import { until } from './until.ts';

const QUIET_LIMIT_MS = 15_000;

/** Loads the page anew and waits for all that it fetches; how far it moved under the reader's eyes, as Chromium scores it. */
export async function layoutShiftOf(page: Page): Promise<number> {
  await page.addInitScript(`
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
      .observe({ type: 'layout-shift', buffered: true });
  `);
  await page.reload();
  await page.waitForLoadState('networkidle', { timeout: QUIET_LIMIT_MS });
  await until(
    async () => (await page.getByRole('status').filter({ hasText: '…' }).count()) === 0,
    5_000,
    'all is there',
  );
  return page.evaluate('window.shifts.reduce((sum, value) => sum + value, 0)');
}

/** Size of the scripts and styles that the page has loaded until now, gzip, bytes. */
export async function compressedSizeOf(page: Page): Promise<number> {
  await page.waitForLoadState('networkidle', { timeout: QUIET_LIMIT_MS });
  const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const sizes = urls
    .filter((url) => /\.(js|css)$/.test(url))
    .map(async (url) => {
      const { headers } = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
      const size = Number(headers.get('content-length') ?? Number.NaN);
      if (headers.get('content-encoding') !== 'gzip' || !(size > 0)) throw new Error(`${url} does not come as gzip`);
      return size;
    });
  if (sizes.length === 0) throw new Error('the page loaded no scripts');
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
