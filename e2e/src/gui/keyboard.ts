// What somebody without a mouse does to a page.
import type { Locator, Page } from 'playwright-core';
import { tabTo } from '../harness/browser.ts';

export const button = (page: Page | Locator, name: string): Locator => page.getByRole('button', { name, exact: true });
/** A field of the dialog that is open. */
export const field = (page: Page, name: string): Locator => page.getByRole('dialog').getByLabel(name, { exact: true });

/** Goes to a field by Tab and puts something else there. */
export async function type(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, field(page, name));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

export async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

/** Chooses from a list by the beginning of a name. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await tabTo(page, field(page, name));
  await page.keyboard.type(option);
}

export const dialogIsGone = (page: Page): Promise<void> => page.getByRole('dialog').waitFor({ state: 'detached' });
