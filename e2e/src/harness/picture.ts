import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';

const MOST_BYTES = 300_000;
const root = join(import.meta.dirname, '..', '..', '..');

/** A picture of what the page shows when all is loaded. It is kept if PERISTA_SCREENSHOTS names a folder. */
export async function takePicture(name: string, page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const png = await page.screenshot();
  if (png.length > MOST_BYTES) throw new Error(`the picture ${name} has ${png.length} bytes, more than ${MOST_BYTES}`);
  const { PERISTA_SCREENSHOTS: folder } = process.env;
  if (folder === undefined) return;
  mkdirSync(resolve(root, folder), { recursive: true });
  writeFileSync(join(resolve(root, folder), `${name}.png`), png);
}
