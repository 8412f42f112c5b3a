import { spawnSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, onTestFailed } from 'vitest';
import { PASSWORD } from './unit.ts';

/** Names under which a browser of this kind is installed. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
const STEP_LIMIT_MS = 10_000;
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

/** A person at a browser of their own: own cookies, own settings. Whatever the page throws fails the test. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  running ??= launch();
  const context = await (await running).newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    colorScheme: 'light',
    ...options,
  });
  context.setDefaultTimeout(STEP_LIMIT_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw new Error(`the page threw: ${error.stack}`);
  });
  onTestFailed(async () => {
    if (!page.isClosed()) console.error(`the page showed:\n${await page.locator('body').innerText()}`);
  });
  await page.goto(url);
  return page;
}

/** The same, logged in. */
export async function openLoggedIn(
  url: string,
  options: BrowserContextOptions & { username?: string; password?: string } = {},
): Promise<Page> {
  const { username = 'admin', password = PASSWORD, ...context } = options;
  const page = await openPage(url, context);
  const { status } = await page.evaluate(
    async ([name, secret]) => {
      const body = JSON.stringify({ username: name, password: secret });
      const { status } = await fetch('/api/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return { status };
    },
    [username, password],
  );
  if (status !== 200) throw new Error(`log-in of ${username} was answered ${status}`);
  await page.reload();
  await page
    .getByText('Live', { exact: true })
    .or(page.getByText('Na żywo', { exact: true }))
    .waitFor();
  return page;
}

/** Moves on with the Tab key until `target` has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const hasFocus = () => target.evaluate((element) => element.matches(':focus'));
  for (let pressed = 0; !(await hasFocus()); pressed++) {
    if (pressed === MOST_TABS) throw new Error(`${MOST_TABS} Tabs did not lead to ${target}`);
    await page.keyboard.press('Tab');
  }
}
