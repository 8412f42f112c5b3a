import { spawnSync } from 'node:child_process';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type WebSocket as PageSocket,
} from 'playwright-core';
import { afterAll, onTestFailed, onTestFinished } from 'vitest';
import type { ApiClient } from './client.ts';
import type { TestUnit } from './unit.ts';

/** Names under which a browser of this kind is installed. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
const STEP_LIMIT_MS = 20_000;
const MOST_TABS = 80;

let running: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  const executablePath = BROWSERS.map((name) => spawnSync('which', [name]).stdout.toString().trim()).find(Boolean);
  if (executablePath === undefined) {
    throw new Error('no Chromium found; install it: apt-get install chromium');
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-sync'],
  });
}

afterAll(async () => {
  await (await running)?.close();
  running = undefined;
});

interface Visitor extends BrowserContextOptions {
  /** Whose log-in the browser has; nobody's if left out. */
  readonly as?: ApiClient | undefined;
}

/** A browser of somebody's own: own cookies, own settings. */
export async function openBrowser({ as, ...options }: Visitor = {}): Promise<BrowserContext> {
  running ??= launch();
  const context = await (await running).newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    colorScheme: 'light',
    ...options,
  });
  context.setDefaultTimeout(STEP_LIMIT_MS);
  if (as !== undefined) {
    const [name = '', value = ''] = as.cookie.split('=');
    await context.addCookies([{ name, value, url: as.url, httpOnly: true, sameSite: 'Strict' }]);
  }
  return context;
}

/** An empty tab of a browser. Whatever its pages throw fails the test. */
export async function newTab(browser: BrowserContext): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => {
    throw new Error(`the page threw: ${error.stack}`);
  });
  return page;
}

/** Loads a page into a tab; a test that fails tells what it showed. */
export async function visit(tab: Page, url: string): Promise<void> {
  onTestFailed(async () => {
    if (!tab.isClosed()) console.error(`the page showed:\n${await tab.locator('body').innerText()}`);
  });
  await tab.goto(url);
}

/** A tab of a browser with a page in it. */
export async function openTab(browser: BrowserContext, url: string): Promise<Page> {
  const tab = await newTab(browser);
  await visit(tab, url);
  return tab;
}

/** Somebody new at the unit, with a browser of their own. */
export const openPage = async (url: string, options: BrowserContextOptions = {}): Promise<Page> =>
  openTab(await openBrowser(options), url);

/** The same, logged in and live, until the test is over: as admin if nobody else is named. */
export async function openLoggedIn(unit: TestUnit, options: Visitor & { path?: string } = {}): Promise<Page> {
  const { path = '/', ...visitor } = options;
  const browser = await openBrowser({ as: unit.api, ...visitor });
  onTestFinished(() => browser.close());
  const page = await openTab(browser, new URL(path, unit.url).href);
  await isLive(page);
  return page;
}

/** Waits until the page is told what happens. */
export const isLive = (page: Page): Promise<void> =>
  page
    .getByRole('status')
    .filter({ hasText: /^(Live|Na żywo)$/ })
    .waitFor();

/** Loads the page anew and gives the socket through which it then watches, whose closing can be waited for. */
export async function socketOf(page: Page): Promise<PageSocket> {
  const opened = page.waitForEvent('websocket');
  await page.reload();
  await isLive(page);
  return opened;
}

/** Moves on with the Tab key until `target` has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const hasFocus = () => target.evaluate((element) => element.matches(':focus'));
  for (let pressed = 0; !(await hasFocus()); pressed++) {
    if (pressed === MOST_TABS) throw new Error(`${MOST_TABS} Tabs did not lead to ${target}`);
    await page.keyboard.press('Tab');
  }
}
